using System.Net.Http.Headers;
using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Learning;
using AnomalyDetect.Response.Options;
using AnomalyDetect.Service.CommandLine;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;
using AnomalyDetect.Simulation;
using AnomalyDetect.Streaming.Journals;

namespace AnomalyDetect.Service.Demo;

/// <summary>The real service on embedded defaults in a temporary directory, enforcing, with made-up traffic going in through its API and a receiver for its webhooks.</summary>
internal sealed class DemoRun(int seed, DemoPace pace, bool keep, Terminal terminal, IDemoScreen screen)
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(10);

    public async Task<int> PlayAsync(CancellationToken stop)
    {
        var directory = Directory.CreateTempSubdirectory("anomalydetect-demo-");
        try
        {
            return await PlayInAsync(directory.FullName, stop);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private async Task<int> PlayInAsync(string directory, CancellationToken stop)
    {
        var script = DemoScript.Of(seed, DateTime.UtcNow, pace);
        var simulator = new TrafficSimulator(script.Simulation);
        var clock = new DemoClock(script.Simulation.Start);
        await using var receiver = await DemoReceiver.StartAsync();
        await using var host = await ServiceHost.StartAsync(Configure(directory, receiver), clock);
        foreach (var line in Banner.Of(host)) await terminal.Out.WriteLineAsync(line);
        await terminal.Out.WriteLineAsync($"Playing seed {seed}: {pace.History.TotalHours:N0} hours of history at speed, then real time{(keep ? " until Ctrl-C" : "")}.");

        using var http = new HttpClient { BaseAddress = new Uri(host.Urls[0]), Timeout = TimeSpan.FromSeconds(100) };
        var key = (await File.ReadAllTextAsync(host.Data.AdminKeyFile, stop)).Trim();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var state = new DemoState(simulator.TenantIds.Count, script.Simulation.Start);
        var watcher = new DemoWatcher(http, state, receiver, screen.Alert, screen.Decision);
        var player = new DemoPlayer(script, simulator, clock, http, state);
        await ShowAsync(player, watcher, host, state, stop);

        await watcher.CatchUpAsync(CancellationToken.None);
        var verdict = DemoVerdict.Of(simulator.Labels, state.At, state.Alerts(), state.Decisions());
        return DemoSummary.Write(terminal.Out, state, verdict, host.Store.Ledger.Verify(null, CancellationToken.None), receiver);
    }

    private async Task ShowAsync(DemoPlayer player, DemoWatcher watcher, ServiceHost host, DemoState state, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watching = watcher.WatchAsync(over.Token);
        var showing = screen.RunAsync(state, over.Token);
        try
        {
            var playing = player.PlayAsync(stop);
            await await Task.WhenAny(playing, host.Failure, watching);
            await playing;
            await SettleAsync(host, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Ctrl-C: straight to the summary
        }

        await over.CancelAsync();
        await showing;
        await watching.ContinueWith(_ => { }, TaskScheduler.Default); // cancelled just now
    }

    /// <summary>Until nothing is on its way any more, but not for ever.</summary>
    private static async Task SettleAsync(ServiceHost host, CancellationToken stop)
    {
        var deadline = Environment.TickCount64 + (long)Settle.TotalMilliseconds;
        var quiet = 0;
        while (Environment.TickCount64 < deadline && quiet < 5)
        {
            await Task.Delay(200, stop);
            quiet = host.Store.Outbox.Counts().Any(c => c.State == Core.Persistence.DeliveryState.Pending && c.Count > 0) ? 0 : quiet + 1;
        }
    }

    private static Settings Configure(string directory, DemoReceiver receiver)
    {
        var written = new ServiceOptions
        {
            DataDirectory = directory,
            Http = new HttpSection { Urls = ["http://127.0.0.1:0"] },
            Journal = new JournalOptions { Directory = "", Heartbeat = TimeSpan.FromSeconds(1) },
            Response = new ResponseSection { Enforce = true },
            Logging = new LoggingSection { Level = LogLevel.Error },
        };
        var response = new ResponseOptions
        {
            Webhooks =
            [
                new WebhookOptions { Name = "demo", Url = receiver.Url, Secrets = [receiver.Secret], AllowedRanges = ["127.0.0.0/8"], MaxInFlight = 8 },
            ],
        };
        var engine = new EngineOptions { Detection = written.Detection, Enforcement = new EnforcementOptions { Enforce = true }, Playbook = Playbook.Default, Model = ModelFile.ReadDefault() };
        // Nobody sits by to approve anything.
        return new Settings(written, engine, response, new GuardOptions { Approval = new ApprovalOptions { Types = [], Ranges = false } }, null);
    }
}
