using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Baselines;

namespace AnomalyDetect.Core.Tracing;

/// <summary>What is taken down of a closed window that the followed event stands in: against what it was held, and what was learned of it.</summary>
internal static class WindowNotes
{
    /// <summary>A tenant's minute.</summary>
    public static void Judged(LaneTrace trace, Signal signal, in Deviation judged, TenantRate rate, long minute, double sigmas, bool fires, in Rarity rarity) => trace.Note(
        TraceStep.Baseline,
        $"{Names.Of(signal)} of the tenant: its minute closed with {LaneTrace.Number(judged.Observed)}, where {LaneTrace.Number(judged.Expected)} were expected ({Names.Of(rate.StateAt(minute))}, {rate.Windows} windows): {LaneTrace.Number(judged.Z)}σ, {(fires ? "a finding" : "no finding")} at {LaneTrace.Number(sigmas)}σ; rated by {AlertNotes.Of(rarity)}");

    /// <param name="why">Null: it is learned.</param>
    public static void Learned(LaneTrace trace, string what, string? why, double z, double most)
    {
        if (why is not null) trace.Note(TraceStep.Baseline, $"{what}: not learned as normal, for {why}");
        else if (Math.Abs(z) > most) trace.Note(TraceStep.Baseline, $"{what}: learned as if it stood at {LaneTrace.Number(most)}σ");
    }

    /// <summary>Why a minute's deviation counts for less; null where it counts in full.</summary>
    public static string? Confidence(double z, double confidence) => confidence >= 1 ? null
        : $"its {LaneTrace.Number(z)}σ count for {LaneTrace.Number(100 * confidence)} %, for {(confidence < 0.7 ? "the first day is not over" : "this hour of the week was not seen yet, or nothing for a day")}";

    /// <summary>What a principal's minute, or the spell of busy minutes it ends, is rated by.</summary>
    /// <param name="sum">σ of the spell summed up.</param>
    /// <param name="usual">What earlier spells came to.</param>
    public static string? Spell(double z, double sum, double usual, double scale) => sum <= 0 ? null
        : $"the more of its own {LaneTrace.Number(z)}σ and of its spell of busy minutes, which came to {LaneTrace.Number(sum)}σ{(usual > 0 ? $" less {LaneTrace.Number(usual)}σ that its spells usually come to" : "")}, ÷ {LaneTrace.Number(scale)}";
}
