using System.CommandLine;
using AnomalyDetect.Core;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>run</c>: the service, until SIGTERM, Ctrl-C or a failure it cannot get over.</summary>
internal static class RunVerb
{
    public static Command Create(Terminal terminal)
    {
        var config = CommonOptions.Config();
        var data = CommonOptions.Data();
        var verb = new Command("run", "Run the service: take telemetry in over HTTP or from Kafka, detect, respond.") { config, data };
        verb.SetAction((parsed, _) => RunAsync(CommonOptions.Load(parsed, config, data, forService: true, needsPlaybook: false), terminal));
        return verb;
    }

    private static async Task<int> RunAsync(Settings settings, Terminal terminal)
    {
        using var signals = new StopSignals();
        await using var host = await ServiceHost.StartAsync(settings, TimeProvider.System);
        foreach (var line in Banner.Of(host)) await terminal.Out.WriteLineAsync(line);
        await terminal.Out.FlushAsync();

        var stopped = Task.Delay(Timeout.Infinite, signals.Token);
        if (await Task.WhenAny(stopped, host.Failure) == stopped)
        {
            await terminal.Out.WriteLineAsync("Stopping: finishing what was begun. Ctrl-C again ends it at once.");
            await host.DisposeAsync();
            await terminal.Out.WriteLineAsync("Stopped.");
            return UserException.Done;
        }

        var why = host.Failure.Exception?.InnerException?.Message ?? "it ended by itself";
        throw new UserException($"The pipeline cannot go on: {Printable.Of(why, 2000)} Put that right and start again; nothing stored is lost.", UserException.Failed);
    }
}
