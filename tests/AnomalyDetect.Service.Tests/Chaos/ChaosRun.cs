using System.Diagnostics;
using System.Globalization;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Response.Redis;
using AnomalyDetect.Service.Tests.Fixtures;
using StackExchange.Redis;

namespace AnomalyDetect.Service.Tests.Chaos;

/// <summary>
/// Attack after attack on the real service, while Redis, the webhook's target and the disk's free space are each taken away and given back and the process is
/// killed; then everything is given back, and what stands is held against what was said.
/// </summary>
internal sealed class ChaosRun : IAsyncDisposable
{
    private const int DecisionsABatch = 10;
    private readonly ChaosScale _scale;
    private readonly Random _chance;
    private readonly ScarceDisk _disk;
    private readonly WatchedRedis _redis = new(Attacks.Rehearsal);
    private readonly FickleReceiver _receiver = new();
    private readonly TempDirectory _own = new();
    private readonly SupervisedService _service;
    private readonly FeedCopy _feed;
    private readonly OperatorAtWork _operator;
    private readonly Attacks _attacks;
    private readonly Queue<AttackBatch> _unsent = new();
    private readonly List<ExpectedDecision> _expected = [];
    private readonly Dictionary<string, int> _planted = new(StringComparer.Ordinal);
    private readonly string _data;
    private readonly CancellationTokenSource _end = new();
    private Task _following = Task.CompletedTask;
    private int _outages;
    private int _refusals;
    private int _kills;

    public ChaosRun(ChaosScale scale)
    {
        (_scale, _chance) = (scale, new Random(scale.Seed));
        _disk = new ScarceDisk(scale.Decisions >= 10_000 ? 2048 : 256);
        _data = Path.Combine(_disk.Path, "data");
        _service = new SupervisedService(ChaosConfiguration.Write(_own, _data, _redis.Address, _receiver.Url, scale.Tenants), _data, _disk);
        _feed = new FeedCopy(_service);
        _operator = new OperatorAtWork(_service, _feed, _chance);
        _attacks = new Attacks(_chance, scale.Tenants);
    }

    /// <summary>What happened, in figures.</summary>
    public string Summary { get; private set; } = "";

    /// <summary>Everything that is not as it has to be; empty: all is.</summary>
    public async Task<IReadOnlyList<string>> RunAsync()
    {
        var began = Stopwatch.GetTimestamp();
        await _service.StartAsync();
        _following = _feed.FollowAsync(_end.Token);
        var batches = (_scale.Decisions + DecisionsABatch - 1) / DecisionsABatch;
        var kills = Enumerable.Range(1, batches - 1).OrderBy(_ => _chance.Next()).Take(_scale.Kills).ToHashSet();
        for (var i = 0; i < batches; i++)
        {
            ShakeAll();
            var batch = _attacks.Next(DecisionsABatch);
            _expected.AddRange(batch.Expected);
            await PlantAsync(batch);
            _unsent.Enqueue(batch);
            var sending = SendAsync();
            if (kills.Contains(i)) await KillAsync();
            await sending;
            await _operator.ActAsync();
        }

        GiveAllBack();
        var rest = Stopwatch.GetTimestamp();
        var faults = await ComeToRestAsync();
        var rested = Stopwatch.GetElapsedTime(rest);
        await EndFollowingAsync();
        await _service.StopAsync();
        faults.InsertRange(0, await WholeAsync());
        var store = StoredRecord.Read(Path.Combine(_data, "store.db"));
        Summary = string.Create(CultureInfo.InvariantCulture, $"""
            seed {_scale.Seed}: {store.Decisions.Count} decisions ({string.Join(", ", store.Decisions.CountBy(d => d.State).OrderBy(p => p.Key).Select(p => $"{p.Value} {p.Key}"))}),
            {store.Deliveries.Count} deliveries, {_receiver.Requests.Count} requests at the webhook's target for {store.Deliveries.Count(d => d.Kind == DeliveryKind.Notify)} messages, {store.Hashes.Count} ledger entries;
            {_outages} outages ({_disk.Kind}), {_kills} kills, {_refusals} times events were not taken in and sent again, {_service.FailedStarts} starts without room, {_redis.TimesEmptied} times Redis lost everything;
            {_operator.Undone.Count} undone, {_operator.Approved.Count} approved, {_operator.Refused.Count} refused by hand, {_operator.Protected.Count} protected; {Stopwatch.GetElapsedTime(began).TotalSeconds:N0} s, at rest after {rested.TotalSeconds:N0} s
            """);
        return faults;
    }

    public async ValueTask DisposeAsync()
    {
        await EndFollowingAsync();
        _end.Dispose();
        await _service.DisposeAsync();
        await _receiver.DisposeAsync();
        await _redis.DisposeAsync();
        _own.Dispose();
        _disk.Dispose();
    }

    private async Task EndFollowingAsync()
    {
        await _end.CancelAsync();
        await _following;
    }

    /// <summary>Each by itself: what is there may go, what is away may come back.</summary>
    private void ShakeAll()
    {
        Shake(_redis.IsAway, 10, 5, _redis.TakeAway, _redis.GiveBack);
        Shake(_receiver.IsAway, 10, 5, _receiver.TakeAway, _receiver.GiveBack);
        Shake(_disk.IsFull, 12, 4, _ => _disk.Fill(), _disk.Free);
        if (_disk.IsFull) _disk.Fill();
    }

    private void Shake(bool isAway, int everyGoing, int everyComing, Action<int> take, Action give)
    {
        if (isAway)
        {
            if (_chance.Next(everyComing) == 0) give();
        }
        else if (_chance.Next(everyGoing) == 0)
        {
            take(_chance.Next(4));
            _outages++;
        }
    }

    private void GiveAllBack()
    {
        _redis.GiveBack();
        _receiver.GiveBack();
        _disk.Free();
    }

    private async Task KillAsync()
    {
        await Task.Delay(_chance.Next(60)); // somewhere from before the request to after its answer
        await _service.KillAsync();
        _kills++;
        await _service.StartAsync();
    }

    /// <summary>What was not answered is sent again later, as any sender would.</summary>
    private async Task SendAsync()
    {
        for (var left = _unsent.Count; left > 0; left--)
        {
            var batch = _unsent.Dequeue();
            if (await _service.CallAsync(HttpMethod.Post, "/v1/events", batch.Ndjson, "application/x-ndjson") is { Status: 202 }) continue;
            _unsent.Enqueue(batch);
            _refusals++;
        }
    }

    /// <summary>Sessions of the service that is protected, as far as its Redis is there to keep them.</summary>
    private async Task PlantAsync(AttackBatch batch)
    {
        if (_redis.IsAway) return;
        var redis = await _redis.DatabaseAsync();
        foreach (var (tenant, session) in batch.Sessions)
        {
            var sha = RedisKeys.Sha256(session);
            try
            {
                await redis.StringSetAsync($"sess:{tenant}:{sha[..12]}", $$"""{"session_sha256":"{{sha}}"}""");
                _planted[session] = _redis.TimesEmptied;
            }
            catch (Exception e) when (e is RedisException or TimeoutException)
            {
                // It is back, and this client has not noticed yet.
            }
        }
    }

    /// <summary>Sends what is left and waits until nothing is wrong any more, or what is wrong stays.</summary>
    private async Task<List<string>> ComeToRestAsync()
    {
        List<string> faults = [];
        var since = Stopwatch.GetTimestamp();
        do
        {
            await SendAsync();
            await Task.Delay(250);
            var store = StoredRecord.Read(Path.Combine(_data, "store.db"));
            faults =
            [
                .. _unsent.Select(_ => "a batch is not taken in"), .. RecordAudit.Expected(store, _expected), .. RecordAudit.Deliveries(store), .. RecordAudit.Said(store, _operator),
                .. RecordAudit.Messages(store, _receiver.Requests), .. EnforcerAudit.Feed(store, _feed), .. await EnforcerAudit.RedisAsync(store, _redis),
                .. await EnforcerAudit.SessionsAsync(store, _redis, _planted),
            ];
        }
        while (faults.Count > 0 && Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(90));

        return faults;
    }

    /// <summary>What needs no waiting for: it was so all the time, or it was not.</summary>
    private async Task<IReadOnlyList<string>> WholeAsync()
    {
        var verdict = await CliRun.Of("ledger", "verify", "--data", _data, "--head", _operator.Heads[^1]);
        return
        [
            .. _service.Complaints, .. _feed.Faults, .. _redis.Leaked is { } leaked ? [$"Redis was told of a dry run: {leaked}"] : Array.Empty<string>(),
            .. verdict.ExitCode == 0 ? Array.Empty<string>() : [$"the ledger is not whole: {verdict.Out}{verdict.Error}"],
        ];
    }
}
