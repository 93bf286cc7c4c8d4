using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Formats;
using AnomalyDetect.Learning.Registry;
using AnomalyDetect.Response;
using AnomalyDetect.Response.Bouncers;
using AnomalyDetect.Response.Routing;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Exceptions;
using AnomalyDetect.Service.Http;
using AnomalyDetect.Service.Http.OpenApi;
using AnomalyDetect.Service.Models;
using AnomalyDetect.Service.Playbooks;
using AnomalyDetect.Storage;
using AnomalyDetect.Streaming;
using AnomalyDetect.Streaming.History;
using AnomalyDetect.Streaming.Journals;
using AnomalyDetect.Streaming.Pipelines;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Prometheus;

namespace AnomalyDetect.Service.Hosting;

/// <summary>
/// The whole service, put together and running: source → pipeline → store → response, and the API beside it. Parts stop in the order events flow, so that what
/// was taken in is stored before the store closes.
/// </summary>
public sealed partial class ServiceHost : IAsyncDisposable
{
    private readonly Stack<Func<ValueTask>> _stops = new();
    private readonly ILoggerFactory _loggers;
    private bool _stopped;

    private ServiceHost(Settings settings) =>
        (Settings, _loggers) = (settings, LoggerFactory.Create(logging => Logs.Configure(logging, settings.Written.Logging)));

    public Settings Settings { get; private set; }

    public DataDirectory Data { get; private set; } = null!;

    public Store Store { get; private set; } = null!;

    public ModelWatch Models { get; private set; } = null!;

    public PlaybookWatch Playbooks { get; private set; } = null!;

    public DetectionPipeline Pipeline { get; private set; } = null!;

    public ResponseRuntime Response { get; private set; } = null!;

    public WebApplication Web { get; private set; } = null!;

    /// <summary>Where it listens, with the ports it got.</summary>
    public IReadOnlyList<string> Urls { get; private set; } = [];

    /// <summary>This start made the first key, in <see cref="DataDirectory.AdminKeyFile"/>.</summary>
    public bool MadeAdminKey { get; private set; }

    /// <exception cref="UserException">Something a person has to put right.</exception>
    public static async Task<ServiceHost> StartAsync(Settings settings, TimeProvider time)
    {
        var host = new ServiceHost(settings);
        host._stops.Push(() =>
        {
            host._loggers.Dispose();
            return ValueTask.CompletedTask;
        });
        try
        {
            await host.StartPartsAsync(time);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends when the service cannot go on by itself; faults with the reason.</summary>
    public Task Failure => Pipeline.Completion;

    /// <summary>Stops in order: no new requests, what was read through the lanes into the store, deliveries in flight, then the files.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopped) return;
        _stopped = true;
        while (_stops.TryPop(out var stop))
        {
            try
            {
                await stop();
            }
            catch (Exception e) when (_stops.Count > 0)
            {
                LogStop(_loggers.CreateLogger<ServiceHost>(), e);
            }
        }
    }

    private async Task StartPartsAsync(TimeProvider time)
    {
        var written = Settings.Written;
        var registry = Metrics.NewCustomRegistry();
        DotNetStats.Register(registry);
        var metrics = new ResponseMetrics(registry);
        Data = Own(DataDirectory.Open(written.DataDirectory));
        Store = Own(Store.Open(
            written.Storage with { Path = Settings.StorePath }, new DeliveryRouter(Settings.Response, () => Models?.Now.Triage, metrics.HeldBack), time, _loggers.CreateLogger<Store>(), Settings.Guards));
        if (Settings.PlaybookProblem is { } problem) Settings = Settings with { Engine = Settings.Engine with { Playbook = LastPlaybook(problem) } };
        var usage = new KeyUsage(Store.ApiKeys, time);
        _stops.Push(() => usage.DisposeAsync());
        usage.Start();
        var keys = new ApiKeys(Store.ApiKeys, time, usage);
        MakeAdminKey(keys);

        Response = new ResponseRuntime(Settings.Response, Store.Outbox, Store.Decisions, Store.Guards, Store.AlertWork, time, metrics, _loggers);
        _stops.Push(() => Response.DisposeAsync());
        Response.Start();
        var bouncers = new BouncerWatch(Store.Bouncers, Store.Decisions, time, metrics, _loggers.CreateLogger<BouncerWatch>());
        _stops.Push(() => bouncers.DisposeAsync());
        bouncers.Start();
        var models = new ModelRegistry(Settings.ModelsDirectory, Store.Ledger, time);
        Playbooks = new PlaybookWatch(Settings, Store.Playbooks, registry, _loggers.CreateLogger<PlaybookWatch>());
        var exceptions = new ExceptionsInForce(Settings.Engine.Detection.Exceptions, Store.AlertCases, time);
        Models = new ModelWatch(Settings, models, new ModelMetrics(registry), _loggers.CreateLogger<ModelWatch>(), () => Playbooks.Now, () => exceptions.Now);
        var journal = StartPipeline(registry, time);
        Models.Start(Pipeline.Reconfigure, time);
        _stops.Push(() => Models.DisposeAsync());
        exceptions.Start(Models.Reapply);
        Playbooks.Start(Models.Reapply, time);
        _stops.Push(() => Playbooks.DisposeAsync());

        var door = new Doorkeeping(Store.ApiKeys, usage, Own(new RequestLimits(written.Http.Limits, registry)));
        Web = WebServer.Build(written.Http, written.Logging, door, written.Pipeline.DrainTimeout);
        _stops.Push(() => Web.DisposeAsync());
        Routes.Map(Web, Endpoints(keys, models, exceptions, journal, bouncers.Live, metrics, registry, time));
        try
        {
            await Web.StartAsync();
        }
        catch (IOException e)
        {
            throw new UserException($"Cannot listen at {string.Join(", ", written.Http.Urls)}: {Printable.Of(e.InnerException?.Message ?? e.Message)}; set http.urls to a free address.", UserException.Failed);
        }

        _stops.Push(async () => await Web.StopAsync());
        Urls = [.. Web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        Data.PublishAddress(Urls[0]);
    }

    /// <summary>
    /// The one in force before. Detection must not stop for a mistake in a file, and neither the built-in playbook nor a dry run is what its owner had agreed to.
    /// </summary>
    private Playbook LastPlaybook(string problem)
    {
        if (Store.Playbooks.Last() is { } last && PlaybookValidator.Validate(last).Count == 0) return last;
        throw new UserException(
            $"The playbook {Printable.Of(Settings.Written.Response.Playbook)} cannot be used, and there is none in force before to go on with: {problem} Put that right ('anomalydetect playbook check' reads it as the service does), or take response.playbook out for the built-in one.");
    }

    private Journal? StartPipeline(CollectorRegistry registry, TimeProvider time)
    {
        var written = Settings.Written;
        var metrics = new PipelineMetrics(registry);
        var logger = _loggers.CreateLogger<DetectionPipeline>();
        var options = Settings.Pipeline with { Engine = Models.Engine };
        var memory = new MemoryReport(Settings with { Engine = Models.Engine }, MemoryReport.OfMachine);
        if (memory.Fits) LogMemory(logger, memory.Worst);
        else LogTooMuchMemory(logger, memory.Worst, memory.Advice);
        var history = written.History.IsOn
            ? Own(HistoryLog.Open(written.History with { Directory = Settings.HistoryDirectory }, new HistoryMetrics(registry), time, _loggers.CreateLogger<HistoryLog>()))
            : null;
        Journal? journal = null;
        if (written.Source.Kind == SourceKind.Journal)
        {
            journal = Journal.Open(written.Journal with { Directory = Settings.JournalDirectory }, time, _loggers.CreateLogger<Journal>());
            _stops.Push(() => journal.DisposeAsync());
            Pipeline = DetectionPipeline.Start(options, journal, Store.Lanes, metrics, time, logger, history);
        }
        else
        {
            Pipeline = DetectionPipeline.Start(options, Settings.Kafka!, Store.Lanes, metrics, time, logger, history);
        }

        _stops.Push(() => Pipeline.DisposeAsync());
        return journal;
    }

    private Api Endpoints(ApiKeys keys, ModelRegistry models, ExceptionsInForce exceptions, Journal? journal, LiveBouncers bouncers, ResponseMetrics acted, CollectorRegistry registry, TimeProvider time)
    {
        var (source, ingest) = (Settings.Written.Source, Settings.Written.Http.Ingest);
        var intake = new EventIntake(EventFormats.Find("native")!, new DecodeLimits(), source.TrustInternal, ingest.RejectedShown);
        return new Api(
            new EventsEndpoint(new BodyReader(ingest), intake, journal, source.TrustInternal, time, new IngestMetrics(registry)),
            new DecisionsEndpoint(Store.Decisions, Store.Outbox, bouncers, time, Web.Lifetime),
            new EnforcementEndpoint(Store.Decisions, acted),
            new ApprovalsEndpoint(Store.Decisions),
            new RevocationsEndpoint(Store.Decisions, Store.Queries, Settings.Engine.Enforcement, time),
            new GuardsEndpoint(Store.Guards, time),
            new PlaybookEndpoint(Playbooks, Store.Playbooks),
            new AlertsEndpoint(Store.Queries, Store.Verdicts, Store.AlertWork, new AlertDossier(Store.Verdicts, Store.AlertCases, Store.AlertLog), () => Models.Now.Triage),
            new AlertCasesEndpoint(Store.Queries, Store.AlertCases, exceptions, time),
            new AlertStreamEndpoint(
                Store.AlertLog, Store.ApiKeys, Settings.Written.Http.Stream, registry, time, Web.Lifetime, _loggers.CreateLogger<AlertStreamEndpoint>()),
            new DeliveriesEndpoint(Store.Outbox, Response),
            new KeysEndpoint(keys, time),
            new ModelsEndpoint(new ModelOperations(models, () =>
            {
                Models.Refresh();
                return Models.Now;
            })),
            new StoreEndpoints(Store.Queries, Store.Ledger),
            new HealthEndpoints(
                [() => Pipeline.Trouble is { } trouble ? $"The pipeline does not run: {Printable.Of(trouble)}" : null, new StoreProbe(Store, time).Check],
                [() => Playbooks.Problem is null ? null : $"The playbook's file cannot be used, and {Playbooks.Version} is in force; GET /v1/playbook says why."]),
            new ApiDescription(),
            registry);
    }

    private void MakeAdminKey(ApiKeys keys)
    {
        if (keys.Any) return;
        // The file goes first: a crash between the two leaves a key that opens nothing, and the next start makes another.
        var (key, text) = keys.Make("admin", [ApiRole.Ingest, ApiRole.Read, ApiRole.Respond, ApiRole.Admin, ApiRole.Enforcer], []);
        Data.WriteAdminKey(text);
        keys.Add(key, text, "first start");
        MadeAdminKey = true;
    }

    private T Own<T>(T part)
        where T : IDisposable
    {
        _stops.Push(() =>
        {
            part.Dispose();
            return ValueTask.CompletedTask;
        });
        return part;
    }

    [LoggerMessage(LogLevel.Information, "{WorstCase}")]
    private static partial void LogMemory(ILogger logger, string worstCase);

    [LoggerMessage(LogLevel.Warning, "{WorstCase}: {Advice}")]
    private static partial void LogTooMuchMemory(ILogger logger, string worstCase, string advice);

    [LoggerMessage(LogLevel.Error, "A part did not stop in order; what it had not stored is repeated at the next start")]
    private static partial void LogStop(ILogger logger, Exception e);
}
