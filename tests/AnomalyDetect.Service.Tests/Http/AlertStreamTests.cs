using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Http;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.Http;

[TestClass]
public sealed class AlertStreamTests
{
    [TestMethod]
    public async Task Alerts_come_as_they_are_recorded_only_of_the_keys_tenant_and_one_who_comes_again_misses_nothing()
    {
        await using var service = await RunningService.StartAsync();
        using var client = service.ClientWith([ApiRole.Read], "acme");
        string last, first;
        using (var follower = await Follower.ConnectAsync(client))
        {
            await service.AttackAsync("globex", "203.0.113.8");
            first = (await service.AttackAsync("acme")).GetProperty("alert_id").GetString()!;
            var got = await follower.NextAsync();
            Assert.AreEqual("alert", got.EventType);
            Assert.AreEqual(first, Json(got).GetProperty("id").GetString(), "nothing of globex came before");
            last = got.EventId!;
        }

        var second = (await service.AttackAsync("acme", "203.0.113.7")).GetProperty("alert_id").GetString()!;
        await service.AttackAsync("globex", "203.0.113.6");
        service.Host.Store.AlertCases.Resolve(second, "ann", "a test");
        using (var again = await Follower.ConnectAsync(client, last))
        {
            SseItem<string> got;
            do got = await again.NextAsync(); while (got.EventType == "alert" && Json(got).GetProperty("id").GetString() == first); // it may have grown
            Assert.AreEqual(second, Json(got).GetProperty("id").GetString());
            while (got.EventType == "alert") got = await again.NextAsync();
            Assert.AreEqual("resolution", got.EventType);
            Assert.AreEqual(("acme", second, "a test"), (Json(got).GetProperty("tenant_id").GetString(), Json(got).GetProperty("alert_id").GetString(), Json(got).GetProperty("reason").GetString()));
        }
    }

    [TestMethod]
    public async Task A_heartbeat_carries_how_far_the_stream_is_though_nothing_came_for_this_client()
    {
        await using var service = await RunningService.StartAsync(o => o with { Http = o.Http with { Stream = new AlertStreamOptions { Heartbeat = TimeSpan.FromSeconds(1) } } });
        using var client = service.ClientWith([ApiRole.Read], "acme");
        using var answer = await client.GetAsync("/v1/alerts/stream", HttpCompletionOption.ResponseHeadersRead);
        Assert.AreEqual("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        await service.AttackAsync("globex");
        var head = service.Host.Store.AlertLog.Head;
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        while (await lines.ReadLineAsync() is var line && line != $"id: {head}") Assert.IsFalse(line!.StartsWith("data:", StringComparison.Ordinal), line);
    }

    [TestMethod]
    public async Task A_key_that_is_revoked_hears_no_more()
    {
        await using var service = await RunningService.StartAsync(o => o with { Http = o.Http with { Stream = new AlertStreamOptions { Heartbeat = TimeSpan.FromSeconds(1) } } });
        var keys = new ApiKeys(service.Host.Store.ApiKeys, TimeProvider.System);
        var (key, text) = keys.Make("short-lived", [ApiRole.Read], []);
        keys.Add(key, text, "test");
        using var follower = await Follower.ConnectAsync(service.Client(text));
        keys.Revoke(key.Id, "test");
        await service.AttackAsync("acme");
        Assert.IsFalse(await follower.MoveAsync(), "the stream ends without the alert");
    }

    [TestMethod]
    public async Task The_text_a_key_had_before_its_rotation_hears_no_more_once_the_grace_is_over_and_the_new_one_goes_on()
    {
        await using var service = await RunningService.StartAsync(o => o with { Http = o.Http with { Stream = new AlertStreamOptions { Heartbeat = TimeSpan.FromSeconds(1) } } });
        var keys = new ApiKeys(service.Host.Store.ApiKeys, TimeProvider.System);
        var (key, before) = keys.Make("rotated", [ApiRole.Read], []);
        keys.Add(key, before, "test");
        var after = keys.Rotate(key.Id, TimeSpan.FromMinutes(1), "test")!.Value.Text;
        using var old = await Follower.ConnectAsync(service.Client(before));
        using var young = await Follower.ConnectAsync(service.Client(after));
        await service.AttackAsync("acme");
        Assert.IsTrue(await old.MoveAsync() && await young.MoveAsync(), "within the grace both are good");
        after = keys.Rotate(key.Id, TimeSpan.Zero, "test")!.Value.Text;
        Assert.IsFalse(await EndsAsync(young), "nothing more comes");
        Assert.IsFalse(await EndsAsync(old));
        using var youngest = await Follower.ConnectAsync(service.Client(after));
        await service.AttackAsync("acme", "203.0.113.10");
        Assert.IsTrue(await youngest.MoveAsync());

        // Revisions that were on their way may still come.
        static async Task<bool> EndsAsync(Follower follower)
        {
            for (var i = 0; i < 100; i++)
                if (!await follower.MoveAsync()) return false;
            return true;
        }
    }

    [TestMethod]
    public async Task More_clients_than_there_are_places_for_and_a_wrong_place_are_refused()
    {
        await using var service = await RunningService.StartAsync(o => o with { Http = o.Http with { Stream = new AlertStreamOptions { Clients = 1 } } });
        using (await Follower.ConnectAsync(service.Admin))
        {
            using var refused = await service.Admin.GetAsync("/v1/alerts/stream");
            Assert.AreEqual(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.IsNotNull(refused.Headers.RetryAfter);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/alerts/stream") { Headers = { { "Last-Event-ID", "yesterday" } } };
        using var wrong = await service.Admin.SendAsync(request);
        Assert.AreEqual(HttpStatusCode.BadRequest, wrong.StatusCode);
        using var foreign = await service.ClientWith([ApiRole.Read], "acme").GetAsync("/v1/alerts/stream?tenant=globex");
        Assert.AreEqual(HttpStatusCode.Forbidden, foreign.StatusCode);
    }

    [TestMethod]
    public async Task A_client_that_takes_nothing_is_cut_off_told_so_and_holds_no_more_than_its_buffer()
    {
        var log = new EndlessLog();
        var options = new AlertStreamOptions { Buffered = 4, Patience = TimeSpan.FromMilliseconds(50) };
        var output = new StalledStream();
        var stream = new AlertStream(log, _ => true, () => true, options, TimeProvider.System);
        var running = stream.RunAsync(output, 0, CancellationToken.None);
        await Wait.UntilAsync(() => stream.CutOff, "the client to be cut off");
        output.Go();
        await running.WaitAsync(TimeSpan.FromSeconds(30));
        var said = output.ToString();
        Assert.AreEqual(options.Buffered + 1, said.Split("event: alert").Length - 1, "what waited, and the one that was on its way");
        StringAssert.Contains(said, "event: cut_off\ndata: {");
        Assert.EndsWith("\n\n", said);
        Assert.AreEqual(1, log.Reads, "no more was read for it");
    }

    private static JsonElement Json(SseItem<string> item) => JsonElement.Parse(item.Data);

    private sealed class Follower : IDisposable
    {
        private readonly HttpResponseMessage _answer;
        private readonly IAsyncEnumerator<SseItem<string>> _events;

        private Follower(HttpResponseMessage answer, Stream body) => (_answer, _events) = (answer, SseParser.Create(body).EnumerateAsync().GetAsyncEnumerator());

        public static async Task<Follower> ConnectAsync(HttpClient client, string? last = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/alerts/stream");
            if (last is not null) request.Headers.Add("Last-Event-ID", last);
            var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode);
            return new Follower(answer, await answer.Content.ReadAsStreamAsync());
        }

        public async Task<bool> MoveAsync() => await _events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        public async Task<SseItem<string>> NextAsync() => await MoveAsync() ? _events.Current : throw new InvalidOperationException("the stream has ended");

        public void Dispose() => _answer.Dispose();
    }

    /// <summary>Always has a page more.</summary>
    private sealed class EndlessLog : IAlertLog
    {
        public int Reads { get; private set; }

        public long Head => 0;

        public event Action? Changed
        {
            add { }
            remove { }
        }

        public IReadOnlyList<AlertLogEntry> Read(long after, int most)
        {
            Reads++;
            return [.. Enumerable.Range(1, most).Select(i => new AlertLogEntry(after + i, "acme", AlertLogKind.Alert, "{}"u8.ToArray()))];
        }

        public IReadOnlyList<AlertStep> Timeline(string alertId, int most) => throw new NotSupportedException();

        public IReadOnlyList<DecisionEntry> Decisions(string alertId, int most) => throw new NotSupportedException();

        public IReadOnlyList<Delivery> Deliveries(string alertId, int most) => throw new NotSupportedException();
    }

    /// <summary>A client that does not read, until it is told to.</summary>
    private sealed class StalledStream : MemoryStream
    {
        private readonly TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Go() => _reading.SetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!buffer.Span.StartsWith("retry"u8)) await _reading.Task.WaitAsync(cancellationToken);
            await base.WriteAsync(buffer, cancellationToken);
        }

        public override string ToString() => Encoding.UTF8.GetString(ToArray());
    }
}
