using System.Text;
using StackExchange.Redis;

namespace AnomalyDetect.Service.Tests.Chaos;

/// <summary>
/// The enforcer: a real server behind a relay that sees every byte sent to it and can take it away in four ways. The test's own client goes past the relay.
/// </summary>
internal sealed class WatchedRedis : IAsyncDisposable
{
    private readonly TempDirectory _log = new();
    private readonly GarnetHost _server;
    private readonly TcpRelay _relay;
    private readonly byte[] _forbidden;
    private byte[] _carry = [];
    private ConnectionMultiplexer? _client;
    private Action? _giveBack;

    /// <param name="forbidden">No byte is to be sent on its account.</param>
    public WatchedRedis(string forbidden)
    {
        _server = GarnetHost.Start(_log["redis"]);
        _relay = new TcpRelay(_server.Port) { Before = Look };
        _forbidden = Encoding.UTF8.GetBytes(forbidden);
    }

    public string Address => _relay.Address;

    /// <summary>What it was sent that names what is forbidden; null while there is no such thing.</summary>
    public string? Leaked { get; private set; }

    /// <summary>How often it came back having lost everything.</summary>
    public int TimesEmptied { get; private set; }

    public bool IsAway => _giveBack is not null;

    /// <summary>Unreachable, restarted with what it held, restarted empty, or deaf: what is sent gets there once it is given back.</summary>
    public void TakeAway(int how)
    {
        switch (how % 4)
        {
            case 0:
                _relay.Cut();
                _giveBack = _relay.Mend;
                break;
            case 1:
                _server.Stop();
                _giveBack = _server.StartAgain;
                break;
            case 2:
                _server.Stop();
                _giveBack = () =>
                {
                    TimesEmptied++;
                    _server.StartAgainEmpty();
                };
                break;
            default:
                _relay.Hold();
                _giveBack = _relay.LetGo;
                break;
        }
    }

    public void GiveBack()
    {
        _giveBack?.Invoke();
        _giveBack = null;
    }

    public async Task<IDatabase> DatabaseAsync()
    {
        _client ??= await _server.ConnectAsync(abort: false);
        return _client.GetDatabase();
    }

    /// <summary>Everything it holds by name.</summary>
    public async Task<IReadOnlyList<RedisKey>> KeysAsync()
    {
        await DatabaseAsync();
        var keys = new List<RedisKey>();
        await foreach (var key in _client!.GetServer(_client.GetEndPoints()[0]).KeysAsync(pattern: "*", pageSize: 1000)) keys.Add(key);
        return keys;
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.DisposeAsync();
        await _relay.DisposeAsync();
        _server.Dispose();
        _log.Dispose();
    }

    /// <summary>With the end of the piece before, for a word may be sent in two.</summary>
    private ValueTask Look(ReadOnlyMemory<byte> piece)
    {
        byte[] seen = [.. _carry, .. piece.Span];
        if (seen.AsSpan().IndexOf(_forbidden) is >= 0 and var at && Leaked is null) Leaked = Around(seen, at);
        _carry = seen[Math.Max(0, seen.Length - _forbidden.Length + 1)..];
        return ValueTask.CompletedTask;
    }

    private static string Around(byte[] seen, int at)
    {
        const int Some = 200;
        var from = Math.Max(0, at - Some);
        return Encoding.UTF8.GetString(seen.AsSpan(from, Math.Min(2 * Some, seen.Length - from))).ReplaceLineEndings(" ");
    }
}
