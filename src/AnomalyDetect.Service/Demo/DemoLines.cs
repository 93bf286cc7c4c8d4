using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Service.Demo;

/// <summary>Plain lines, for a redirected output.</summary>
internal sealed class DemoLines(TextWriter output) : IDemoScreen
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly Lock _lock = new();

    public void Alert(Alert alert)
    {
        if (alert.Severity >= DemoText.ShownFrom)
            Write($"alert     {alert.DetectedAt:yyyy-MM-dd HH:mm:ss}Z {Names.Of(alert.Severity)} {Names.Of(alert.Signal)}: {Printable.Of(alert.Explanation)}");
    }

    public void Decision(Decision decision) => Write($"decision  {DemoText.Of(decision)}");

    public async Task RunAsync(DemoState state, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(Interval, stop).ContinueWith(_ => { }, TaskScheduler.Default);
            Write($"status    {DemoText.In(state)}; {state.Alerts().Count} alerts, {state.Decisions().Count} decisions, {state.Delivered} notifications delivered");
            foreach (var line in state.Tally is { } tally && state.IsLive ? tally.Lines() : []) Write($"          {line}");
        }
    }

    private void Write(string line)
    {
        lock (_lock) output.WriteLine(line);
    }
}
