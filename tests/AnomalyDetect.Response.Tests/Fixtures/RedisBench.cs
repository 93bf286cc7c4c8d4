using AnomalyDetect.Response.Deliveries;
using AnomalyDetect.Response.Redis;
using StackExchange.Redis;

namespace AnomalyDetect.Response.Tests.Fixtures;

/// <summary>A Redis-protocol server, the store, and the enforcer's queue, worked by hand on a clock that stands still.</summary>
internal sealed class RedisBench : IAsyncDisposable
{
    private ConnectionMultiplexer? _client;
    private RedisEnforcer _enforcer;

    /// <param name="relayed">What the enforcer sends goes through <see cref="Relay"/>; a test's own client goes past it.</param>
    public RedisBench(GarnetHost? server = null, string prefix = "", bool relayed = false)
    {
        Server = server ?? GarnetHost.Start();
        if (relayed) Relay = new TcpRelay(Server.Port);
        Options = new RedisOptions { Configuration = new Secret(Relay?.Address ?? Server.Configuration), KeyPrefix = prefix };
        Keys = new RedisKeys(prefix);
        Store = new ResponseStore(new ResponseOptions { Redis = Options }, Clock);
        (_enforcer, Queue, Circuit) = Build();
    }

    public GarnetHost Server { get; }

    public TcpRelay? Relay { get; }

    public FakeTimeProvider Clock { get; } = Some.Clock();

    public RedisOptions Options { get; }

    public RedisKeys Keys { get; }

    public ResponseStore Store { get; }

    public CapturingLoggers Loggers { get; } = new();

    public DeliveryQueue Queue { get; private set; }

    public TargetCircuit Circuit { get; private set; }

    public DateTime Now => Clock.GetUtcNow().UtcDateTime;

    /// <summary>A client of the test's own.</summary>
    public async Task<IDatabase> RedisAsync() => (_client ??= await Server.ConnectAsync()).GetDatabase();

    /// <summary>Works until nothing is due.</summary>
    public async Task WorkAsync()
    {
        for (var round = 0; round < 50; round++)
            if (await Queue.WorkAsync(CancellationToken.None) != DateTime.MinValue) return;
        Assert.Fail("the queue never comes to rest");
    }

    /// <summary>Decides, carries it out, and returns what came of it.</summary>
    public async Task<string> EnforceAsync(Decision decision)
    {
        Store.Decide(decision);
        await WorkAsync();
        return Store.Delivery($"redis/{decision.Id}").Result!;
    }

    public async Task<string> UndoAsync(Decision decision)
    {
        Assert.IsTrue(Store.Decisions.Undo(decision.Id, "olga", "false positive"));
        await WorkAsync();
        return Store.Delivery($"redis/{decision.Id}/undo").Result!;
    }

    /// <summary>Puts a session where the service under protection would.</summary>
    public async Task<string> SessionAsync(string session, string? sha = null, string? value = null)
    {
        var key = Keys.Session(Some.Decision(value: session))!;
        var json = value ?? $$"""{"user":"u-17","session_sha256":"{{sha ?? RedisKeys.Sha256(session)}}"}""";
        await (await RedisAsync()).StringSetAsync(key, json);
        return key;
    }

    /// <summary>The server goes away and comes back with nothing, and the enforcer notices both.</summary>
    public async Task RestartServerEmptyAsync()
    {
        Server.Stop();
        await Wait.UntilAsync(() => Loggers.Lines.Any(l => l.Contains("lost its connection")), "the enforcer to notice");
        var connects = Connects();
        Server.StartAgain();
        await Wait.UntilAsync(() => Connects() > connects, "the enforcer to be back");

        int Connects() => Loggers.Lines.Count(l => l.Contains("redis connected"));
    }

    /// <summary>The process ends and another takes over the same store.</summary>
    /// <param name="neverTarget">Configured from then on.</param>
    public async Task RestartEnforcerAsync(params string[] neverTarget)
    {
        await _enforcer.DisposeAsync();
        Store.Guards = Store.Guards with { NeverTarget = neverTarget };
        Store.Reopen();
        (_enforcer, Queue, Circuit) = Build();
    }

    public async ValueTask DisposeAsync()
    {
        await _enforcer.DisposeAsync();
        if (_client is not null) await _client.DisposeAsync();
        if (Relay is not null) await Relay.DisposeAsync();
        Server.Dispose();
        Store.Dispose();
    }

    private (RedisEnforcer Enforcer, DeliveryQueue Queue, TargetCircuit Circuit) Build()
    {
        var metrics = new ResponseMetrics(Prometheus.Metrics.NewCustomRegistry());
        var enforcer = new RedisEnforcer(Options, Store.Outbox, Store.Decisions, Store.Store.Guards, Clock, metrics, Loggers);
        var circuit = new TargetCircuit(Options.Retry, () => 0);
        enforcer.Reachable += () => circuit.Probe(Now);
        var queue = new DeliveryQueue(enforcer, Store.Outbox, new RetrySchedule(Options.Retry, () => 0), circuit, Clock, metrics, Loggers);
        return (enforcer, queue, circuit);
    }
}
