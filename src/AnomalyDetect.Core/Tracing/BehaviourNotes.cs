using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Multivariate;

namespace AnomalyDetect.Core.Tracing;

/// <summary>What is taken down of a closed window of many features that the followed event stands in.</summary>
internal static class BehaviourNotes
{
    /// <summary>Of what such windows are rated by: σ to be added up over a run.</summary>
    public const string Unit = " of evidence";

    /// <summary>Why it is never more than medium.</summary>
    public const string ModelAlone = "a model's word alone is no ground to act";

    private const int MostInCommon = 5;

    public static string Weight(double z) => $"{LaneTrace.Number(z)}σ weigh as much";

    public static void Judged(LaneTrace trace, string whose, int minutes, double z, int windows, string? model, int cohort, int tenants) => trace.Note(
        TraceStep.Baseline,
        $"ml_spike: the {minutes} min of {whose} stand {LaneTrace.Number(z)}σ from its usual in {Features.Count} features ({windows} windows, model {model}{(cohort == 0 ? "" : $", of {tenants} tenants like this one")})");

    /// <summary>What a principal's window has in common with those of others, and is no sign of it.</summary>
    public static void InCommon(LaneTrace trace, Tide tide)
    {
        var risen = tide.Risen();
        if (risen.Count == 0) return;
        var words = risen.Take(MostInCommon).Select(f => $"{Names.Of(f.Feature)} {LaneTrace.Number(f.Rise)}σ");
        trace.Note(TraceStep.Baseline, $"ml_spike: all of the tenant's principals lately do more of some things together, which is taken off each: {string.Join(", ", words)}{(risen.Count > MostInCommon ? $" and {risen.Count - MostInCommon} more" : "")}");
    }

    /// <param name="run">Of odd windows that this one ends; null where they are not added up.</param>
    public static void Rated(LaneTrace trace, in Rarity window, Rarity? run)
    {
        trace.Note(TraceStep.Baseline, $"ml_spike: its window is rated by {AlertNotes.Of(window)}; a model's word alone is never more than medium");
        if (run is { Value: > 0 } spell) trace.Note(TraceStep.Baseline, $"ml_spike: the run it ends is rated by {AlertNotes.Of(spell)}");
    }

    public static void OfVolumeAlone(LaneTrace trace) =>
        trace.Note(TraceStep.Baseline, "ml_spike: it is odd in the kilobytes alone, so only the run it ends is rated");

    public static void NotWorth(LaneTrace trace, double z, bool doubtful) => trace.Note(
        TraceStep.Finding,
        z <= TailEstimate.Threshold ? $"ml_spike: not beyond {LaneTrace.Number(TailEstimate.Threshold)}σ, so there is nothing to tell"
        : doubtful ? "ml_spike: not told, for most of it is failed logins, which anybody can make in another's name"
        : "ml_spike: not told, for it is doing less that makes it odd, or only what another signal counts");

    public static void Unreported(LaneTrace trace, Severity severity) => trace.Note(
        TraceStep.Finding, severity < Severity.Low ? "ml_spike: too common to be told under the budget" : "ml_spike: not told, for another alert tells of it already");

    /// <param name="why">An alert holds it; null where none does.</param>
    /// <param name="suspected">A run of odd windows goes on.</param>
    public static void Learned(LaneTrace trace, string whose, string? why, bool suspected)
    {
        if (why is not null) trace.Note(TraceStep.Baseline, $"ml_spike: the window of {whose} is not learned as normal, for {why}");
        else if (suspected) trace.Note(TraceStep.Baseline, $"ml_spike: the window of {whose} is not learned as normal before the run of odd windows it stands in is over");
    }
}
