using System.CommandLine;
using System.Globalization;
using AnomalyDetect.Formats;
using AnomalyDetect.Learning;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;
using AnomalyDetect.Service.Http;
using AnomalyDetect.Service.Training;
using AnomalyDetect.Simulation;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>train</c>: makes the model of behaviour that the multivariate part of <c>ml_spike</c> judges by, and is the retraining job.</summary>
internal sealed class TrainVerb
{
    public const int MostFitted = 500_000;
    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "Events to learn from, plain or gzip, merged by event time. Without any: the history of the service that has --data, or made-up telemetry.", Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string> _format = new("--format") { Description = "What the files hold.", DefaultValueFactory = _ => "native" };
    private readonly Option<bool> _journal = new("--journal") { Description = "Learn from the events in the data directory's journal." };
    private readonly Option<bool> _kafka = new("--kafka") { Description = "Learn from the events in the configuration's topic, from --from on; no group is joined." };
    private readonly Option<DateTime?> _from = new("--from") { Description = "With --kafka: the first event's time, such as 2026-01-31T12:00:00Z.", HelpName = "TIME", CustomParser = ParseTime };

    private readonly Option<IReadOnlyList<int>> _seeds = new("--seeds")
    {
        Description = "Learn from made-up runs of these seeds, such as 101-104 or 3,8.", DefaultValueFactory = _ => [101], CustomParser = SeedList.Parse, HelpName = "LIST",
    };

    private readonly Option<int> _tenants = new("--tenants") { Description = "Tenants of a made-up run.", DefaultValueFactory = _ => 12 };
    private readonly Option<double> _days = new("--days") { Description = "Length of a made-up run, in days.", DefaultValueFactory = _ => 10 };
    private readonly Option<double> _rate = new("--events-per-minute") { Description = "Of all tenants of a made-up run together, averaged over a week.", DefaultValueFactory = _ => 150 };
    private readonly Option<int> _seed = new("--seed") { Description = "Of the training itself: the same events and seed give the same model.", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _output = new("--out") { Description = "The model file to write.", HelpName = "MODEL" };
    private readonly Option<bool> _promote = new("--promote") { Description = "Hold the model against the champion, and put it in force if it is no worse where it matters." };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Hold it against the champion and report; register nothing." };
    private readonly Option<bool> _force = new("--force") { Description = "With --promote: put it in force whatever comes of that; needs --reason." };
    private readonly Option<string?> _reason = new("--reason") { Description = "Why it is forced; it stands in the ledger." };
    private readonly Option<string?> _report = new("--report") { Description = "Where the report goes. Without it: a folder of its own in the data directory's training/.", HelpName = "DIR" };
    private readonly Option<int?> _keep = new("--keep") { Description = "Afterwards remove registered models but for this many of the newest and those in use." };

    private readonly Option<IReadOnlyList<int>> _gateSeeds = new("--gate-seeds")
    {
        Description = "Of the made-up traffic both models are tried on.", DefaultValueFactory = _ => [901, 902], CustomParser = SeedList.Parse, HelpName = "LIST",
    };

    private readonly OperationsOptions _reach = new();

    private TrainVerb() => _format.AcceptOnlyFromAmong([.. EventFormats.All.Select(f => f.Name)]);

    public static Command Create(Terminal terminal)
    {
        var verb = new TrainVerb();
        var command = verb._reach.On(new Command("train", "Learn a model of ordinary behaviour: into a file, with --data or --url into a registry, or both; with --promote into force.")
        {
            verb._files, verb._format, verb._journal, verb._kafka, verb._from, verb._seeds, verb._tenants, verb._days, verb._rate, verb._seed, verb._output, verb._promote,
            verb._dryRun, verb._force, verb._reason, verb._report, verb._keep, verb._gateSeeds,
        });
        command.SetAction((parsed, _) => verb.RunAsync(parsed, terminal));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Terminal terminal)
    {
        var options = OptionsOf(parsed);
        // A configuration names a data directory too; with --out it may be there for other things.
        var registers = _reach.IsNamed(parsed) || (_reach.HasConfig(parsed) && (options.Output is null || options.IsGated));
        if (options.Output is null && !registers) throw new UserException("Say where the model goes: into a file with --out, into a data directory's registry with --data or the service's --config.");
        if (options.IsGated && !registers) throw new UserException("--promote, --dry-run and --report hold the model against a champion; name the service's --data or --config.");
        var source = SourceOf(parsed, registers);
        var settings = _reach.Load(parsed, needsModel: false, forService: source is TrainingSource.Kafka);
        // Where nothing is registered there need not be a store yet: without one nobody has confirmed anything, and the champion is the built-in model.
        Func<IOperations>? operations = registers && (!options.DryRun || _reach.IsThere(parsed, settings)) ? () => _reach.Open(parsed) : null;
        operations?.Invoke().Dispose(); // what is wrong with the way there is said before the work and not after it
        using var held = registers && ((options.IsGated && !options.DryRun) || Directory.Exists(settings.Written.DataDirectory)) ? TrainingLock.Take(settings.Written.DataDirectory) : null;
        using var signals = new StopSignals();
        using var loggers = LoggerFactory.Create(logging => Logs.Configure(logging, settings.Written.Logging));
        using var progress = new ProgressLine(terminal);
        var logger = loggers.CreateLogger("train");
        using var data = await source.OpenAsync(settings, logger, progress, signals.Token);
        return await new TrainingJob(options, settings, operations, terminal, logger, progress).RunAsync(data, signals.Token);
    }

    private TrainingJobOptions OptionsOf(ParseResult parsed)
    {
        var (promote, dryRun, force, reason) = (parsed.GetValue(_promote), parsed.GetValue(_dryRun), parsed.GetValue(_force), parsed.GetValue(_reason));
        if (promote && dryRun) throw new UserException("--promote and --dry-run exclude each other.");
        if (force && (!promote || Reasons.Problem(reason) is not null)) throw new UserException("--force goes with --promote and a --reason, which stands in the ledger.");
        if (parsed.GetValue(_keep) is < 0 or > PruneRequest.Most) throw new UserException($"--keep must be 0 to {PruneRequest.Most}.");
        return new TrainingJobOptions
        {
            Training = new TrainingOptions { Seed = parsed.GetValue(_seed), MostRows = MostFitted }, Output = parsed.GetValue(_output), Promote = promote, DryRun = dryRun,
            Force = force ? reason : null, Report = parsed.GetValue(_report), Keep = parsed.GetValue(_keep), GateSeeds = parsed.GetRequiredValue(_gateSeeds),
        };
    }

    private TrainingSource SourceOf(ParseResult parsed, bool registers)
    {
        var files = parsed.GetValue(_files) ?? [];
        var madeUp = parsed.GetResult(_seeds) is { Implicit: false };
        var length = parsed.GetValue(_days);
        if (length is not (> 0 and <= 3650)) throw new UserException("--days must be more than 0 and at most 3650.");
        if (new[] { files.Length > 0, parsed.GetValue(_journal), parsed.GetValue(_kafka), madeUp }.Count(given => given) > 1)
            throw new UserException("FILE, --journal, --kafka and --seeds exclude each other; name one of them, or none for the service's history.");
        if (parsed.GetValue(_kafka) != parsed.GetValue(_from) is not null) throw new UserException("--kafka and --from go together.");
        if (files.Length > 0) return new TrainingSource.Files(files, EventFormats.Find(parsed.GetRequiredValue(_format))!);
        if (parsed.GetValue(_journal)) return new TrainingSource.Journal();
        if (parsed.GetValue(_from) is { } from) return new TrainingSource.Kafka(from);
        if (registers && !madeUp) return new TrainingSource.History();
        return new TrainingSource.MadeUp(
            new SimulationOptions { Tenants = parsed.GetValue(_tenants), Duration = TimeSpan.FromDays(length), EventsPerMinute = parsed.GetValue(_rate), Scenarios = SimulationOptions.LookAlikes, Repeats = 3 },
            parsed.GetRequiredValue(_seeds));
    }

    private static DateTime? ParseTime(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (DateTime.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time)) return time;
        result.AddError("--from must be a time such as 2026-01-31T12:00:00Z.");
        return null;
    }
}
