using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Detectors;

/// <content>What holds its findings down: who makes them, and how long the tenant is known.</content>
internal sealed partial class RateDetector
{
    private const double JobTimes = 20; // what a job may make at most, in times of what its whole tenant makes without it

    private bool IsFirstDay(int kind, long minute) => _tenant[kind].StateAt(minute) == BaselineState.Learning;

    /// <summary>One principal makes so much of it that nothing would be told without it, and that is usual of it; or it is new, and new ones may well do so.</summary>
    /// <returns>In words; null where there is no such principal.</returns>
    private string? ExplanationOf(MinuteWindow window, int kind, Deviation judged, IReadOnlyList<Contributor> contributors)
    {
        var limit = judged.Limit(_options[kind].Sigmas);
        if (contributors.FirstOrDefault(c => c.ExplainsByItsUsual(judged.Observed, limit)) is { } usual) return $"principal {usual.Id} makes it, as it usually does";
        var allowed = AllowedToNewcomers(kind, window.Minute, judged);
        foreach (ref readonly var cell in window.Cells)
            if (judged.Observed - cell.Of(kind) <= limit && cell.IsProven(kind) && _principals.IsOrdinaryNewcomer(cell, kind, _options[kind], allowed))
                return $"principal {cell.Principal!.Text} makes it, which is hardly known yet, and no more than newcomers may make";
        return null;
    }

    private IReadOnlyList<Contributor> ContributorsOf(MinuteWindow window, int kind) =>
        WindowContributors.Of(window, kind, cell => _principals.UsualOf(cell, kind, _options[kind].WarmUpWindows));

    /// <summary>
    /// On a tenant's first day everybody is new, its nightly jobs among them. Those of a busy tenant do more than those of others; so what the tenant makes as a whole is the measure.
    /// </summary>
    private double AllowedToNewcomers(int kind, long minute, in Deviation tenant) => IsFirstDay(kind, minute) ? JobTimes * tenant.Expected : 0;

    /// <summary>What is usual of others is no ground to enforce anything; and on the first day none to wake anybody.</summary>
    private static Rarity OfNewcomer(in Rarity rarity, double made, double allowed) => made <= allowed
        ? rarity.AtMost(Severity.Low, "on a tenant's first day everybody is new")
        : rarity.AtMost(Severity.Medium, "what is usual of others is no ground to act");
}
