using System.CommandLine;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Formats;
using AnomalyDetect.Learning;
using AnomalyDetect.Learning.Triage;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Evaluating;
using AnomalyDetect.Service.Evaluating.Drift;
using AnomalyDetect.Service.Evaluating.Triage;
using AnomalyDetect.Service.Hosting;
using AnomalyDetect.Service.Replaying;
using AnomalyDetect.Service.Training;
using AnomalyDetect.Simulation;
using AnomalyDetect.Streaming.Replay;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>evaluate</c>: how well the detection does on labelled telemetry, one's own or made up from seeds.</summary>
internal static class EvaluateVerb
{
    /// <summary>As the retraining job is run every night.</summary>
    private static readonly TrainingJobOptions Nightly = new() { Training = new TrainingOptions { MostRows = TrainVerb.MostFitted }, Promote = true, Keep = 5 };

    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Labelled events to judge by, merged by event time; --labels says what is in them. Without any, telemetry is made up.", Arity = ArgumentArity.ZeroOrMore,
        };
        var labels = new Option<string?>("--labels") { Description = "The labels of FILE, as 'simulate' writes them.", HelpName = "FILE" };
        var format = new Option<string>("--format") { Description = "What the files hold.", DefaultValueFactory = _ => "native" };
        format.AcceptOnlyFromAmong([.. EventFormats.All.Select(f => f.Name)]);
        var seeds = new Option<IReadOnlyList<int>>("--seeds")
        {
            Description = "Seeds of the runs to make up, such as 1-5 or 3,8.", DefaultValueFactory = _ => [1], CustomParser = SeedList.Parse, HelpName = "LIST",
        };
        var tenants = new Option<int>("--tenants") { Description = "Tenants of a made-up run.", DefaultValueFactory = _ => 8 };
        var people = new Option<int>("--principals") { Description = "People per tenant, on average.", DefaultValueFactory = _ => 40 };
        var days = new Option<double>("--days") { Description = "Length of a made-up run, in days.", DefaultValueFactory = _ => 14 };
        var rate = new Option<double>("--events-per-minute") { Description = "Of all tenants of a made-up run together, averaged over a week.", DefaultValueFactory = _ => 120 };
        var repeats = new Option<int>("--repeats") { Description = "How often each attack and look-alike is played in a made-up run.", DefaultValueFactory = _ => 2 };
        var drift = new Option<double?>("--drift")
        {
            Description = "Judge two detectors while tenants become others over so many days, after a week of acquaintance: one left alone, one retrained every night.", HelpName = "DAYS",
        };
        var triage = new Option<int?>("--triage")
        {
            Description = "Judge what triage learns from so many verdicts on the alerts of the first half of --days, by those of the second.", HelpName = "VERDICTS",
        };
        var alerts = new Option<bool>("--show-false") { Description = "Also print each false alert of medium severity or higher." };
        var config = CommonOptions.Config();
        var verb = new Command("evaluate", "Judge the detection against labels: recall and time to detect by attack, false alerts, harm to look-alikes.")
        {
            files, labels, format, seeds, tenants, people, days, rate, repeats, drift, triage, alerts, config,
        };
        verb.SetAction((parsed, _) =>
        {
            var given = parsed.GetValue(files) ?? [];
            if (given.Length > 0 != parsed.GetValue(labels) is not null) throw new UserException("FILE and --labels go together; name both, or neither to make telemetry up.");
            var length = parsed.GetValue(days);
            if (length is not (> 0 and <= 3650)) throw new UserException("--days must be more than 0 and at most 3650.");
            var settings = CommonOptions.Load(parsed, config);
            var made = new SimulationOptions
            {
                Tenants = parsed.GetValue(tenants),
                PrincipalsPerTenant = parsed.GetValue(people),
                Duration = TimeSpan.FromDays(length),
                EventsPerMinute = parsed.GetValue(rate),
                Repeats = parsed.GetValue(repeats),
                Signals = settings.Engine.Detection.Signals,
            };
            var showFalse = parsed.GetValue(alerts);
            if (parsed.GetValue(drift) is not null && parsed.GetValue(triage) is not null) throw new UserException("--drift and --triage exclude each other.");
            if (parsed.GetValue(triage) is { } verdicts)
            {
                if (given.Length > 0) throw new UserException("--triage makes up its own telemetry; leave out FILE.");
                if (verdicts is not (>= TriageTrainer.LeastVerdicts and <= 100_000)) throw new UserException($"--triage must be {TriageTrainer.LeastVerdicts} to 100,000 verdicts.");
                if (length < 4) throw new UserException("--triage needs --days of 4 and more: half of them are learned from.");
                return JudgeTriageAsync(made, verdicts, parsed.GetRequiredValue(seeds), settings, terminal);
            }

            if (parsed.GetValue(drift) is { } changing)
            {
                if (given.Length > 0 || parsed.GetResult(days) is { Implicit: false }) throw new UserException("--drift makes up its own telemetry, as long as it takes; leave out FILE and --days.");
                return JudgeDriftAsync(made, CommonOptions.Drift(changing), parsed.GetRequiredValue(seeds), settings, showFalse, terminal);
            }

            return given.Length > 0
                ? JudgeFilesAsync(given, parsed.GetRequiredValue(labels)!, EventFormats.Find(parsed.GetRequiredValue(format))!, settings, showFalse, terminal)
                : JudgeSeedsAsync(made, parsed.GetRequiredValue(seeds), settings, showFalse, terminal);
        });
        return verb;
    }

    private static async Task<int> JudgeFilesAsync(string[] files, string labelsPath, IEventFormat format, Settings settings, bool showFalse, Terminal terminal)
    {
        foreach (var file in files.Append(labelsPath).Where(f => !File.Exists(f)))
            throw new UserException($"The file {Printable.Of(file)} does not exist; name a file of events, and its labels by --labels.");
        var labels = Evaluation.ReadLabels(labelsPath);
        using var signals = new StopSignals();
        using var loggers = LoggerFactory.Create(logging => Logs.Configure(logging, settings.Written.Logging));
        using var progress = new ProgressLine(terminal);
        var run = await Evaluation.OfAsync(
            string.Join(", ", files), new ReplayOptions { Files = files, Format = format, Engine = settings.Engine, TrustInternal = settings.Written.Source.TrustInternal },
            labels, loggers.CreateLogger("evaluate"), events => progress.Show(() => $"{events:N0} events"), signals.Token);
        progress.Dispose();
        return Print([run], showFalse, terminal);
    }

    private static async Task<int> JudgeSeedsAsync(SimulationOptions made, IReadOnlyList<int> seeds, Settings settings, bool showFalse, Terminal terminal)
    {
        using var signals = new StopSignals();
        using var loggers = LoggerFactory.Create(logging => Logs.Configure(logging, settings.Written.Logging));
        using var progress = new ProgressLine(terminal);
        var runs = new List<EvaluatedRun>();
        foreach (var seed in seeds)
        {
            using var run = MadeUpRun.Write(made with { Seed = seed }, progress, signals.Token);
            runs.Add(await Evaluation.OfAsync(
                $"seed {seed}", run.ToReplay(settings.Engine), Evaluation.ReadLabels(run.LabelsPath), loggers.CreateLogger("evaluate"), run.Reading(progress), signals.Token));
        }

        progress.Dispose();
        return Print(runs, showFalse, terminal);
    }

    private static async Task<int> JudgeDriftAsync(
        SimulationOptions made, DriftOptions drift, IReadOnlyList<int> seeds, Settings settings, bool showFalse, Terminal terminal)
    {
        using var signals = new StopSignals();
        using var loggers = LoggerFactory.Create(logging => Logs.Configure(logging, settings.Written.Logging));
        using var progress = new ProgressLine(terminal);
        var traffic = made with { Drift = drift, Duration = drift.From + drift.Over, WarmUp = drift.From };
        var runs = new List<DriftRun>();
        foreach (var seed in seeds)
            runs.Add(await DriftEvaluation.RunAsync(traffic with { Seed = seed }, settings.Engine, Nightly, loggers.CreateLogger("evaluate"), progress, signals.Token));
        progress.Dispose();
        foreach (var line in DriftReport.Of(runs, drift)) terminal.Out.WriteLine(line);
        if (!showFalse) return UserException.Done;
        foreach (var run in runs)
        {
            foreach (var alert in run.Alone.FalseAlerts) PrintFalse($"{run.Name}, left alone:", alert, terminal);
            foreach (var alert in run.Retrained.FalseAlerts) PrintFalse($"{run.Name}, retrained:", alert, terminal);
        }

        return UserException.Done;
    }

    private static async Task<int> JudgeTriageAsync(SimulationOptions made, int verdicts, IReadOnlyList<int> seeds, Settings settings, Terminal terminal)
    {
        using var signals = new StopSignals();
        using var loggers = LoggerFactory.Create(logging => Logs.Configure(logging, settings.Written.Logging));
        using var progress = new ProgressLine(terminal);
        var runs = new List<TriageRun>();
        foreach (var seed in seeds)
            runs.Add(await TriageEvaluation.RunAsync(made with { Seed = seed }, settings.Engine, Nightly, verdicts, loggers.CreateLogger("evaluate"), progress, signals.Token));
        progress.Dispose();
        foreach (var line in TriageReport.Of(runs)) terminal.Out.WriteLine(line);
        return UserException.Done;
    }

    private static int Print(IReadOnlyList<EvaluatedRun> runs, bool showFalse, Terminal terminal)
    {
        foreach (var line in EvaluationReport.Of(runs)) terminal.Out.WriteLine(line);
        if (!showFalse) return UserException.Done;
        foreach (var run in runs)
            foreach (var alert in run.FalseAlerts(Severity.Medium)) PrintFalse(run.Name, alert, terminal);
        return UserException.Done;
    }

    private static void PrintFalse(string run, Alert alert, Terminal terminal)
    {
        if (alert.Severity >= Severity.Medium)
            terminal.Out.WriteLine($"  {Printable.Of(run)} {alert.DetectedAt:yyyy-MM-dd HH:mm:ss} {Names.Of(alert.Severity),-8} {Printable.Of(alert.Explanation)}");
    }
}
