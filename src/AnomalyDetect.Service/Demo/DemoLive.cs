using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Playbooks;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AnomalyDetect.Service.Demo;

/// <summary>A live view on a terminal: what comes in, what is found, what is done about it.</summary>
internal sealed class DemoLive(IAnsiConsole console) : IDemoScreen
{
    private const int Shown = 8;
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(250);
    private readonly Lock _lock = new();
    private readonly Queue<Alert> _alerts = new();
    private readonly Queue<Decision> _decisions = new();

    public void Alert(Alert alert)
    {
        if (alert.Severity >= DemoText.ShownFrom) Keep(_alerts, alert);
    }

    public void Decision(Decision decision) => Keep(_decisions, decision);

    public Task RunAsync(DemoState state, CancellationToken stop) => console.Live(Draw(state)).AutoClear(true).StartAsync(async live =>
    {
        while (!stop.IsCancellationRequested)
        {
            live.UpdateTarget(Draw(state));
            await Task.Delay(Refresh, stop).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    });

    private Rows Draw(DemoState state)
    {
        lock (_lock)
        {
            List<IRenderable> panels =
            [
                new Panel(new Text(DemoText.In(state))).Header("comes in").Expand(),
                new Panel(Alerts()).Header($"is found: {state.Alerts().Count:N0} alerts").Expand(),
                new Panel(Decisions()).Header($"is done: {state.Decisions().Count:N0} decisions, {state.Delivered:N0} notifications delivered").Expand(),
            ];
            if (state.Tally is { } tally && state.IsLive) panels.Add(new Panel(new Text(string.Join('\n', tally.Lines()))).Header("comes of it, request by request").Expand());
            return new Rows(panels);
        }
    }

    private Table Alerts()
    {
        var table = new Table().NoBorder().HideHeaders().AddColumn("severity").AddColumn("what");
        foreach (var alert in _alerts.Reverse())
            table.AddRow(new Text(Names.Of(alert.Severity), Colour(alert.Severity)), new Text($"{alert.DetectedAt:HH:mm:ss} {Printable.Of(alert.Explanation)}"));
        return table;
    }

    private Table Decisions()
    {
        var table = new Table().NoBorder().HideHeaders().AddColumn("what");
        foreach (var decision in _decisions.Reverse()) table.AddRow(new Text(DemoText.Of(decision)));
        return table;
    }

    private void Keep<T>(Queue<T> queue, T item)
    {
        lock (_lock)
        {
            queue.Enqueue(item);
            if (queue.Count > Shown) queue.Dequeue();
        }
    }

    // Text is never parsed as markup: Text, not Markup, everywhere.
    private static Style Colour(Severity severity) => severity switch
    {
        Severity.Critical => new Style(Color.Red, decoration: Decoration.Bold),
        Severity.High => new Style(Color.Red),
        _ => new Style(Color.Yellow),
    };
}
