using AnomalyDetect.Response.Options;
using StackExchange.Redis;

namespace AnomalyDetect.Response.Redis;

/// <summary>
/// The one connection of an enforcer. It fails fast while down, for the outbox is the queue, and says when it is back. What is in Redis after a break is
/// unknown, so every (re)connect raises <see cref="Connected"/>.
/// </summary>
internal sealed class RedisConnection(RedisOptions options) : IAsyncDisposable
{
    private ConnectionMultiplexer? _connection;

    public event Action? Connected;

    public event Action? Lost;

    /// <exception cref="IOException">Not connected now.</exception>
    public async Task<IDatabase> DatabaseAsync()
    {
        if (_connection is null)
        {
            _connection = await ConnectionMultiplexer.ConnectAsync(Configuration()).ConfigureAwait(false);
            _connection.ConnectionRestored += (_, e) =>
            {
                if (e.ConnectionType == ConnectionType.Interactive) Connected?.Invoke();
            };
            _connection.ConnectionFailed += (_, e) =>
            {
                if (e.ConnectionType == ConnectionType.Interactive) Lost?.Invoke();
            };
            if (_connection.IsConnected) Connected?.Invoke();
        }

        if (!_connection.IsConnected) throw new IOException("Redis is not connected");
        return _connection.GetDatabase();
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private ConfigurationOptions Configuration()
    {
        var configuration = ConfigurationOptions.Parse(options.Configuration.Reveal());
        configuration.AbortOnConnectFail = false;
        configuration.ConnectRetry = 1;
        configuration.ClientName = $"anomalydetect-{options.Name}";
        configuration.ConnectTimeout = (int)options.ConnectTimeout.TotalMilliseconds;
        configuration.AsyncTimeout = configuration.SyncTimeout = (int)options.CommandTimeout.TotalMilliseconds;
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.ReconnectRetryPolicy = new LinearRetry(1000);
        configuration.IncludeDetailInExceptions = false;
        return configuration;
    }
}
