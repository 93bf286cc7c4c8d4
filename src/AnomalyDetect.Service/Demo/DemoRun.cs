using System.Net.Http.Headers;
using AnomalyDetect.Core;
using AnomalyDetect.Service.CommandLine;
using AnomalyDetect.Service.Hosting;
using AnomalyDetect.Simulation;

namespace AnomalyDetect.Service.Demo;

/// <summary>
/// The real service on embedded defaults, enforcing, with a playbook to change while it runs, made-up traffic going in through its API or through a service with the
/// bouncer, and a receiver for its webhooks.
/// </summary>
internal sealed class DemoRun(DemoOptions options, Terminal terminal, IDemoScreen screen)
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(10);

    public async Task<int> PlayAsync(CancellationToken stop)
    {
        if (options.Directory is { } kept)
        {
            if (Directory.Exists(kept) && Directory.EnumerateFileSystemEntries(kept).Any())
                throw new UserException($"A demo begins with nothing, and there is something in {Printable.Of(Path.GetFullPath(kept))}; remove it, or name another directory.");
            return await PlayInAsync(Path.GetFullPath(kept), stop);
        }

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
        var script = DemoScript.Of(options.Seed, DateTime.UtcNow, options.Pace);
        var simulator = new TrafficSimulator(script.Simulation);
        var clock = new DemoClock(script.Simulation.Start);
        await using var receiver = await DemoReceiver.StartAsync();
        await using var host = await ServiceHost.StartAsync(DemoConfiguration.Write(directory, receiver), clock);
        foreach (var line in Banner.Of(host)) await terminal.Out.WriteLineAsync(line);
        await terminal.Out.WriteLineAsync($"Configuration and playbook in {Printable.Of(directory)}: a change of the playbook is taken while this runs");
        var tally = options.Through is null ? null : new DemoTally(simulator.Labels);
        using var front = new HttpClient { BaseAddress = options.Through, Timeout = TimeSpan.FromSeconds(30) };
        using var visitors = tally is null ? null : new DemoVisitors(front, tally);
        if (visitors is not null && !await IsReachedAsync(visitors, stop)) return UserException.Done;
        await terminal.Out.WriteLineAsync(
            $"Playing seed {options.Seed}: {options.Pace.History.TotalHours:N0} hours of history at speed, then real time{(options.Keep ? " until Ctrl-C" : "")}.");

        using var http = new HttpClient { BaseAddress = new Uri(host.Urls[0]), Timeout = TimeSpan.FromSeconds(100) };
        var key = (await File.ReadAllTextAsync(host.Data.AdminKeyFile, stop)).Trim();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var state = new DemoState(simulator.TenantIds.Count, script.Simulation.Start) { Tally = tally };
        var watcher = new DemoWatcher(http, state, receiver, screen.Alert, screen.Decision);
        var player = new DemoPlayer(script, simulator, clock, http, state, visitors);
        await ShowAsync(player, watcher, host, state, stop);

        await watcher.CatchUpAsync(CancellationToken.None);
        var verdict = DemoVerdict.Of(simulator.Labels, state.At, state.Alerts(), state.Decisions());
        return DemoSummary.Write(terminal.Out, state, verdict, host.Store.Ledger.Verify(null, CancellationToken.None), receiver);
    }

    /// <summary>False when stopped while waiting.</summary>
    private async Task<bool> IsReachedAsync(DemoVisitors visitors, CancellationToken stop)
    {
        await terminal.Out.WriteLineAsync($"Waiting for the service at {options.Through}; the simulated users will go through it");
        try
        {
            await visitors.WaitAsync(stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
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
}
