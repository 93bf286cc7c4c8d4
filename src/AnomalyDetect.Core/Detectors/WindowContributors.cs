using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Detectors;

/// <summary>Who made what a tenant's closed window holds, by the counts the window keeps of its principals.</summary>
internal static class WindowContributors
{
    /// <param name="usual">What is usual of a cell's principal in a minute; null where that is not known.</param>
    public static IReadOnlyList<Contributor> Of(MinuteWindow window, int kind, Func<MinuteWindow.Cell, double?> usual)
    {
        var total = window.Total((RateKind)kind);
        var all = new List<Contributor>();
        foreach (ref readonly var cell in window.Cells)
        {
            var count = cell.Of(kind);
            if (count == 0 || count < Contributor.LeastShare * total) continue;
            all.Add(Contributor.Of(new Entity(EntityKind.Principal, cell.Principal!.Text), count, usual(cell), total, !cell.IsProven(kind)));
        }

        return Contributor.Leading(all);
    }

    /// <summary>The same of logins or API calls in a window of several minutes.</summary>
    public static IReadOnlyList<Contributor> Of(FeatureWindow window, RateKind kind, double total)
    {
        var all = new List<Contributor>();
        foreach (ref readonly var cell in window.Cells)
        {
            var failed = kind == RateKind.Login ? cell.CountOf(Feature.FailedLogins) : 0;
            var count = failed + cell.CountOf(kind == RateKind.Login ? Feature.Logins : Feature.ApiCalls);
            if (count == 0 || count < Contributor.LeastShare * total) continue;
            all.Add(Contributor.Of(new Entity(EntityKind.Principal, cell.Principal!.Text), count, null, total, failed * 2 > count));
        }

        return Contributor.Leading(all);
    }

    /// <summary>By the first of the features that drove the score which a principal has a share in.</summary>
    /// <param name="usual">What is usual of a cell's principal; null where that is not known.</param>
    public static IReadOnlyList<Contributor> Of(FeatureWindow window, IReadOnlyList<Contribution> drove, Func<FeatureCell, FeatureVector?> usual)
    {
        foreach (var (feature, whole, _, _) in drove)
        {
            if (!Features.IsShared(feature) || whole < 1) continue;
            var all = new List<Contributor>();
            foreach (ref readonly var cell in window.Cells)
            {
                var own = Features.Natural(feature, cell.ToVector()[feature]);
                if (own < 0.5 || own < Contributor.LeastShare * whole) continue;
                var expected = usual(cell) is { } known ? Features.Natural(feature, known[feature]) : (double?)null;
                all.Add(Contributor.Of(new Entity(EntityKind.Principal, cell.Principal!.Text), own, expected, whole, feature is Feature.FailedLogins or Feature.MissedChallenges));
            }

            if (all.Count > 0) return Contributor.Leading(all);
        }

        return [];
    }
}
