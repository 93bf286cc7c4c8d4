using System.CommandLine;
using System.Diagnostics;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Formats;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;
using AnomalyDetect.Service.Replaying;
using AnomalyDetect.Streaming.Replay;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>replay</c>: the engine of <c>run</c> over files, with its findings written beside them.</summary>
internal static class ReplayVerb
{
    private const int ShownAlerts = 10;

    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Events to read, plain or gzip; '-' is stdin. Several are merged by event time.", Arity = ArgumentArity.OneOrMore,
        };
        var format = new Option<string>("--format") { Description = "What the files hold.", DefaultValueFactory = _ => "native" };
        format.AcceptOnlyFromAmong([.. EventFormats.All.Select(f => f.Name)]);
        var output = new Option<string>("--out") { Description = "The directory for alerts, decisions, notifications, rejections and the summary.", Required = true, HelpName = "DIR" };
        var config = CommonOptions.Config();
        var verb = new Command("replay", "Run the detection over files and write what it finds. No server, no network; twice the same input gives the same bytes.")
        {
            files, format, output, config,
        };
        verb.SetAction((parsed, _) => RunAsync(
            parsed.GetRequiredValue(files), EventFormats.Find(parsed.GetRequiredValue(format))!, parsed.GetRequiredValue(output),
            CommonOptions.Load(parsed, config), terminal));
        return verb;
    }

    private static async Task<int> RunAsync(string[] files, IEventFormat format, string directory, Settings settings, Terminal terminal)
    {
        foreach (var file in files.Where(f => f != "-" && !File.Exists(f)))
            throw new UserException($"The file {Printable.Of(file)} does not exist; name a file of events, or - for stdin.");
        if (files.Count(f => f == "-") > 1) throw new UserException("Stdin can be read only once; name - once.");
        Directory.CreateDirectory(directory);

        using var signals = new StopSignals();
        using var logger = new QuietLogger(settings.Written.Logging, "replay");
        using var progress = new ProgressLine(terminal);
        var options = new ReplayOptions { Files = files, Format = format, Engine = settings.Engine, TrustInternal = settings.Written.Source.TrustInternal };
        var clock = Stopwatch.StartNew();
        var summary = await FileReplay.RunAsync(
            options, logger, events => progress.Show(() => $"{events:N0} events, {events / clock.Elapsed.TotalSeconds:N0} a second"), signals.Token);
        var took = clock.Elapsed;
        progress.Dispose();
        ReplayFiles.Write(directory, summary, took);
        foreach (var line in ReplayReport.Of(summary, took, directory, ShownAlerts)) await terminal.Error.WriteLineAsync(line);
        return UserException.Done;
    }
}
