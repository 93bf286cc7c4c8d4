using System.CommandLine;
using System.Diagnostics;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Formats;
using AnomalyDetect.Learning;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;
using AnomalyDetect.Service.Http;
using AnomalyDetect.Service.Replaying;
using AnomalyDetect.Service.Training;
using AnomalyDetect.Simulation;
using AnomalyDetect.Streaming.Replay;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>train</c>: makes the model of behaviour that the multivariate part of <c>ml_spike</c> judges by.</summary>
internal static class TrainVerb
{
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Events to learn from, plain or gzip, merged by event time. Without any, telemetry is made up.", Arity = ArgumentArity.ZeroOrMore,
        };
        var output = new Option<string?>("--out") { Description = "The model file to write.", HelpName = "MODEL" };
        var format = new Option<string>("--format") { Description = "What the files hold.", DefaultValueFactory = _ => "native" };
        format.AcceptOnlyFromAmong([.. EventFormats.All.Select(f => f.Name)]);
        var seeds = new Option<IReadOnlyList<int>>("--seeds")
        {
            Description = "Seeds of the runs to make up, such as 101-104 or 3,8.", DefaultValueFactory = _ => [101], CustomParser = SeedList.Parse, HelpName = "LIST",
        };
        var tenants = new Option<int>("--tenants") { Description = "Tenants of a made-up run.", DefaultValueFactory = _ => 12 };
        var days = new Option<double>("--days") { Description = "Length of a made-up run, in days.", DefaultValueFactory = _ => 10 };
        var rate = new Option<double>("--events-per-minute") { Description = "Of all tenants of a made-up run together, averaged over a week.", DefaultValueFactory = _ => 150 };
        var seed = new Option<int>("--seed") { Description = "Of the training itself: the same events and seed give the same model.", DefaultValueFactory = _ => 1 };
        var reach = new OperationsOptions();
        var verb = reach.On(new Command("train", "Learn a model of ordinary behaviour from telemetry: into a file, with --data or --url into a registry, or both.")
        {
            files, output, format, seeds, tenants, days, rate, seed,
        });
        verb.SetAction((parsed, _) =>
        {
            var length = parsed.GetValue(days);
            if (length is not (> 0 and <= 3650)) throw new UserException("--days must be more than 0 and at most 3650.");
            var made = new SimulationOptions
            {
                Tenants = parsed.GetValue(tenants), Duration = TimeSpan.FromDays(length), EventsPerMinute = parsed.GetValue(rate), Scenarios = SimulationOptions.LookAlikes, Repeats = 3,
            };
            var registers = reach.IsNamed(parsed);
            if (parsed.GetValue(output) is null && !registers) throw new UserException("Say where the model goes: into a file with --out, into a data directory's registry with --data.");
            return RunAsync(
                parsed.GetValue(files) ?? [], EventFormats.Find(parsed.GetRequiredValue(format))!, made, parsed.GetRequiredValue(seeds), parsed.GetValue(output),
                registers ? () => reach.Open(parsed) : null, new TrainingOptions { Seed = parsed.GetValue(seed) }, reach.Load(parsed, needsModel: false), terminal);
        });
        return verb;
    }

    private static async Task<int> RunAsync(
        string[] files, IEventFormat format, SimulationOptions made, IReadOnlyList<int> seeds, string? output, Func<IOperations>? registry, TrainingOptions training,
        Settings settings, Terminal terminal)
    {
        foreach (var file in files.Where(f => !File.Exists(f))) throw new UserException($"The file {Printable.Of(file)} does not exist; name a file of events, or none to make telemetry up.");
        registry?.Invoke().Dispose(); // what is wrong with the way there is said before the work and not after it
        using var signals = new StopSignals();
        using var loggers = LoggerFactory.Create(logging => Logs.Configure(logging, settings.Written.Logging));
        using var progress = new ProgressLine(terminal);
        var clock = Stopwatch.StartNew();
        var logger = loggers.CreateLogger("train");
        var learned = new FeatureCollection();
        if (files.Length > 0)
        {
            var replay = new ReplayOptions { Files = files, Format = format, Engine = settings.Engine, TrustInternal = settings.Written.Source.TrustInternal };
            await learned.AddAsync(replay, logger, events => progress.Show(() => $"{events:N0} events read"), signals.Token);
        }
        else
            foreach (var seed in seeds)
            {
                using var run = MadeUpRun.Write(made with { Seed = seed }, progress, signals.Token);
                await learned.AddAsync(run.ToReplay(settings.Engine), logger, run.Reading(progress), signals.Token);
            }

        progress.Show(() => "training");
        var source = files.Length > 0 ? $"{files.Length} files" : $"simulated traffic of seeds {string.Join(", ", seeds)}";
        BehaviourModel model;
        try
        {
            model = new BehaviourTrainer(training).Train(learned.Histories, learned.Rates, source);
            if (output is not null) ModelFile.Write(output, model);
        }
        catch (ModelException e)
        {
            throw new UserException(e.Message, UserException.Failed);
        }

        progress.Dispose();
        var card = model.Training;
        await terminal.Out.WriteLineAsync(
            $"Model {model.Id()} learned from {card.PrincipalRows:N0} windows of principals and {card.TenantRows:N0} of {card.Tenants:N0} tenants in {clock.Elapsed.TotalSeconds:N1} s"
            + (output is null ? "." : $"; written to {Printable.Of(output)}."));
        if (registry is null) return UserException.Done;
        using var operations = registry();
        var registered = await operations.AddModelAsync(new ModelUpload(ModelFile.ToBytes(model), $"trained on {source}", null));
        await terminal.Out.WriteLineAsync($"Registered; 'anomalydetect models promote {registered.Id} --reason …' puts it in force.");
        return UserException.Done;
    }
}
