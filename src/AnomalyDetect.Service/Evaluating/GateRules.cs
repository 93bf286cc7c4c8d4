using AnomalyDetect.Core;
using AnomalyDetect.Learning;

namespace AnomalyDetect.Service.Evaluating;

/// <summary>
/// When a challenger is no worse where it matters. Each rule leaves as much room as chance needs: what two models differ in by one attack in fifty, or by a fifth of
/// the false alerts, another seed turns round.
/// </summary>
internal static class GateRules
{
    /// <summary>Share of the attacks played that may be missed more; at least one.</summary>
    public const double MissedMore = 0.02;

    /// <summary>Share by which false alerts may be more often,</summary>
    public const double MoreFalseAlerts = 0.2;

    /// <summary>and how many a tenant and day are let pass whatever the champion has.</summary>
    public const double FewFalseAlerts = 0.02;

    /// <summary>Of the sum over attacks of the median times to detect.</summary>
    public const double LaterDetection = 0.25;

    /// <summary>How much oftener than expected may windows be rarer than one in a thousand, where the champion's are not.</summary>
    public const double Miscalibrated = 5;

    /// <param name="found">Attacks found, of <paramref name="played"/>.</param>
    public static GateRule Recall(int played, Compared found)
    {
        var limit = found.Champion - Math.Max(1, Math.Floor(played * MissedMore));
        return new GateRule("attacks found", found.Champion, found.Challenger, limit, found.Challenger >= limit);
    }

    /// <summary>No attack the champion always finds may be one the challenger never does.</summary>
    public static GateRule NothingLost(IReadOnlyList<AttackRecall> attacks)
    {
        var lost = attacks.Count(a => a.Played > 1 && a.Found.Champion == a.Played && a.Found.Challenger == 0);
        return new GateRule("kinds of attack no longer found", 0, lost, 0, lost == 0);
    }

    /// <summary>
    /// Of the tenants' own ordinary traffic. Not of the made-up one: the built-in model learned from traffic like it and is at home there, which is no merit on this platform.
    /// </summary>
    public static GateRule FalseAlerts(Compared rates)
    {
        var limit = (rates.Champion * (1 + MoreFalseAlerts)) + FewFalseAlerts;
        return new GateRule("alerts of medium a tenant-day, held-out windows", rates.Champion, rates.Challenger, limit, rates.Challenger <= limit);
    }

    /// <summary>Of the tenants' own series, in the part no setting was chosen by.</summary>
    public static GateRule SeriesAlerts(Compared rates)
    {
        var limit = (rates.Champion * (1 + MoreFalseAlerts)) + FewFalseAlerts;
        return new GateRule("alerts of the series detectors a series and day, held-out windows", rates.Champion, rates.Challenger, limit, rates.Challenger <= limit);
    }

    public static GateRule Harm(Compared hurt) => new("look-alikes enforced against", hurt.Champion, hurt.Challenger, hurt.Champion, hurt.Challenger <= hurt.Champion);

    /// <summary>Over the attacks both find.</summary>
    public static GateRule TimeToDetect(IReadOnlyList<AttackRecall> attacks)
    {
        var both = attacks.Where(a => a.ChampionMedianSeconds is not null && a.ChallengerMedianSeconds is not null).ToList();
        var (champion, challenger) = (both.Sum(a => a.ChampionMedianSeconds!.Value), both.Sum(a => a.ChallengerMedianSeconds!.Value));
        var limit = champion * (1 + LaterDetection);
        return new GateRule("seconds to detect, medians of all attacks together", champion, challenger, limit, challenger <= limit);
    }

    /// <summary>
    /// Of principals' windows, by the population stability index: 2 and more means that every third window or so is where there were none, which no month of growth does. It may be
    /// a new client of everybody's, or an attack that went on through the whole span; a person has to say which.
    /// </summary>
    public const double MostDrift = 2;

    /// <param name="drift">Of what the challenger was trained on against what the champion was.</param>
    public static GateRule Drift(IReadOnlyList<FeatureDrift> drift)
    {
        var furthest = drift.MaxBy(d => d.Principals)!;
        return new GateRule($"drift of {Names.Of(furthest.Feature)}, the furthest, from the champion's training data", 0, furthest.Principals, MostDrift, furthest.Principals < MostDrift);
    }

    /// <summary>
    /// The other direction: what is hardly ever rare finds nothing. Made-up attacks need not show it, for they are measured against made-up ordinary traffic.
    /// </summary>
    public static GateRule Sharpness(Exceedance ordinary)
    {
        var limit = Math.Min(ordinary.Champion, ordinary.Expected) / Miscalibrated;
        return new GateRule($"windows rarer than {ordinary.Expected:0.####}, at least", ordinary.Champion, ordinary.Challenger, limit, ordinary.Challenger >= limit);
    }

    public static GateRule Calibration(Exceedance rare)
    {
        var limit = Math.Max(rare.Champion, Miscalibrated * rare.Expected);
        return new GateRule($"windows rarer than {rare.Expected:0.####}", rare.Champion, rare.Challenger, limit, rare.Challenger <= limit);
    }
}
