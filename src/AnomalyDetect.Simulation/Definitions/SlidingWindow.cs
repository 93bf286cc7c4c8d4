using AnomalyDetect.Core.Lanes;

namespace AnomalyDetect.Simulation.Definitions;

/// <summary>The first event, in time order, at which what lies in the window (t − W, t] of it is too much. An event without a key counts for nobody.</summary>
internal static class SlidingWindow
{
    /// <summary>More than the threshold with one key.</summary>
    public static DateTime? FirstAbove(this IEnumerable<SimulatedEvent> events, Func<SimulatedEvent, string?> key, ThresholdOptions options) =>
        events.FirstAbove(key, options.Threshold, options.Window);

    /// <inheritdoc cref="FirstAbove(IEnumerable{SimulatedEvent}, Func{SimulatedEvent, string?}, ThresholdOptions)"/>
    public static DateTime? FirstAbove(this IEnumerable<SimulatedEvent> events, Func<SimulatedEvent, string?> key, double threshold, TimeSpan window)
    {
        var open = new Dictionary<string, (Queue<SimulatedEvent> Events, long Sum)>();
        foreach (var e in events)
        {
            if (key(e) is not { } of) continue;
            var (within, sum) = open.TryGetValue(of, out var known) ? known : (new Queue<SimulatedEvent>(), 0);
            within.Enqueue(e);
            sum += e.Count;
            while (within.Peek().OccurredAt <= e.OccurredAt - window) sum -= within.Dequeue().Count;
            if (sum > threshold) return e.OccurredAt;
            open[of] = (within, sum);
        }

        return null;
    }

    /// <summary>More different things than the threshold with one key.</summary>
    public static DateTime? FirstDistinctAbove(
        this IEnumerable<SimulatedEvent> events, Func<SimulatedEvent, string?> key, Func<SimulatedEvent, string?> thing, ThresholdOptions options)
    {
        var open = new Dictionary<string, Dictionary<string, DateTime>>(); // when each thing came last
        foreach (var e in events)
        {
            if (key(e) is not { } of || thing(e) is not { } what) continue;
            if (!open.TryGetValue(of, out var things)) open[of] = things = [];
            things[what] = e.OccurredAt;
            if (things.Values.Count(at => at > e.OccurredAt - options.Window) > options.Threshold) return e.OccurredAt;
        }

        return null;
    }

    /// <summary>All that lies in the window is too much together.</summary>
    public static DateTime? FirstWhere(this IEnumerable<SimulatedEvent> events, TimeSpan window, Func<IReadOnlyCollection<SimulatedEvent>, bool> isTooMuch)
    {
        var within = new Queue<SimulatedEvent>();
        foreach (var e in events)
        {
            within.Enqueue(e);
            while (within.Peek().OccurredAt <= e.OccurredAt - window) within.Dequeue();
            if (isTooMuch(within)) return e.OccurredAt;
        }

        return null;
    }

    public static int CountDistinct(this IEnumerable<SimulatedEvent> events, Func<SimulatedEvent, string?> of) => events.Select(of).OfType<string>().Distinct().Count();
}
