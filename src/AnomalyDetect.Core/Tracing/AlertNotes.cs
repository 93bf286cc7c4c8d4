using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Lanes;

namespace AnomalyDetect.Core.Tracing;

/// <summary>What is taken down of an alert that is followed, revision by revision.</summary>
internal static class AlertNotes
{
    /// <param name="inEvidence">What was observed is no count, but what a model's windows came to.</param>
    public static string Of(in Observation seen, bool inEvidence)
    {
        var (observed, allowed) = (LaneTrace.Number(seen.Observed), LaneTrace.Number(seen.Threshold));
        var span = Explanation.Span(TimeSpan.FromTicks(seen.WindowEnd - seen.WindowStart));
        return (inEvidence ? $"{observed}{BehaviourNotes.Unit} in {span}, where {allowed} are allowed" : $"{observed} in {span}, where {LaneTrace.Number(seen.Expected)} are expected and {allowed} allowed")
            + (seen.Deviation is { } z ? $" ({LaneTrace.Number(z)}σ)" : "");
    }

    public static string Of(Episode episode, in Observation seen) => Of(seen, episode.Contributions.Count > 0);

    /// <summary>The finding behind a revision: its numbers, how they were rated, and what the expectation rests on.</summary>
    public static void Found(LaneTrace trace, Episode episode, BudgetOptions budget)
    {
        trace.Note(TraceStep.Finding, $"{Names.Of(episode.Signal)} at {Names.Of(episode.Entity.Kind)} {episode.Entity.Id}: {Of(episode, episode.Latest)}");
        if (episode.Rarity is { } rarity) trace.Note(TraceStep.Finding, $"{Names.Of(episode.Signal)}: rated {Names.Of(episode.Latest.Severity)} by {Of(rarity)}, under a budget of {LaneTrace.Number(budget.LowPerWeek)} low and {LaneTrace.Number(budget.MediumPerWeek)} medium false alerts a week");
        if (episode.Baseline is { } known) trace.Note(TraceStep.Baseline, $"{Names.Of(episode.Signal)}: the expectation is {Names.Of(known.State)}, from {LaneTrace.Number(known.Windows)} windows since {LaneTrace.Time(known.Since)}");
    }

    public static string Of(in Rarity rarity) =>
        $"{LaneTrace.Number(rarity.Value)}{rarity.Unit}{(rarity.Why is null ? "" : $" ({rarity.Why})")}: low from {LaneTrace.Number(rarity.Low)}{rarity.Unit}, medium from {LaneTrace.Number(rarity.Medium)}{rarity.Unit}, high from {LaneTrace.Number(rarity.High)}{rarity.Unit}";

    public static void Revised(LaneTrace trace, Alert alert)
    {
        trace.Note(TraceStep.Alert, $"revision {alert.Revision} of alert {alert.Id}, {Names.Of(alert.Severity)}, score {LaneTrace.Number(alert.Score)}: {alert.Explanation}");
        if (alert.Contributors is { } contributors) trace.Note(TraceStep.Alert, $"made by {string.Join(", ", contributors.Select(Of))}");
        if (alert.EventIds.Count > 0) trace.Note(TraceStep.Alert, $"seen in events such as {string.Join(", ", alert.EventIds.Take(3))}");
        if (alert.RelatedAlertIds.Count > 0) trace.Note(TraceStep.Alert, $"linked with {string.Join(", ", alert.RelatedAlertIds)}");
        trace.Note(TraceStep.Alert, alert.Drivers.Count == 0 ? "nobody proved to be driving it, so nobody can be aimed at" : $"driven by {string.Join(", ", alert.Drivers.Select(d => $"{Names.Of(d.Kind)} {d.Id}"))}");
    }

    private static string Of(Contributor c) =>
        $"{Names.Of(c.Kind)} {c.Id} ({LaneTrace.Number(c.Observed)}{(c.Expected is { } usual ? $" where {LaneTrace.Number(usual)} is usual" : "")}, {LaneTrace.Number(100 * c.Share)} %{(c.Claimed ? ", claimed" : "")})";

    public static void Resolved(LaneTrace trace, Episode episode, AlertResolution resolution, long at, TimeSpan gap)
    {
        trace.Begin(at, "its end");
        trace.Note(TraceStep.Alert, $"alert {episode.Id} is resolved at {LaneTrace.Time(at)}: {(resolution == AlertResolution.Quiet ? $"nothing more for {gap:c} (episode_gap)" : "put out by a newer or worse one (limits)")}");
        trace.Note(TraceStep.Alert, $"{LaneTrace.Number(episode.Findings)} {(episode.Findings == 1 ? "finding" : "findings")} in all, {Names.Of(episode.Severity)} at worst; the strongest: {Of(episode, episode.Peak)}");
    }
}
