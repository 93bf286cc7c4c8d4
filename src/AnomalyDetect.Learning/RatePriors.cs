using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Multivariate;

namespace AnomalyDetect.Learning;

/// <summary>What is usual of minutes, of those not known yet: over everybody who was known well enough by the end of the training's histories.</summary>
internal static class RatePriors
{
    private const int Kinds = 3;
    private const int KnownAfter = 30; // a principal's active minutes
    private const int TenantKnownAfter = 24 * 60; // a tenant's minutes
    private const int LeastEntities = 5;
    private const double MostMoved = 4;

    /// <summary>By kind of event.</summary>
    private static readonly Feature[] Counted = [Feature.Logins, Feature.ApiCalls, Feature.Delegations];

    /// <summary>Where too few were known to say: wide, so that little is made of a newcomer.</summary>
    private static readonly RatePrior Vague = new() { Mean = 1, Between = 10, Dispersion = 2, TenantDispersion = 2 };

    /// <returns>One for each kind of event.</returns>
    public static IReadOnlyList<RatePrior> Of(IReadOnlyList<LearnedRate> rates) => [.. Enumerable.Range(0, Kinds).Select(kind => Of(rates.Where(r => r.Kind == kind)))];

    /// <summary>
    /// Others' priors for whom nothing is known of minutes, moved by what is known of windows: who calls twice as much in a window of five minutes is taken to call twice as much in a minute,
    /// up to <see cref="MostMoved"/> times. How much minutes scatter around their mean is left as it is.
    /// </summary>
    /// <param name="of">What the priors' own model knows of principals' windows.</param>
    /// <param name="here">What is known of those they are for.</param>
    public static IReadOnlyList<RatePrior> Moved(IReadOnlyList<RatePrior> rates, EntityModel of, EntityModel here) =>
    [
        .. rates.Select((rate, kind) =>
        {
            var (before, now) = (Usual(of, Counted[kind]), Usual(here, Counted[kind]));
            var times = (float)(before > 0 && now > 0 ? Math.Clamp(now / before, 1 / MostMoved, MostMoved) : 1);
            return rate with { Mean = rate.Mean * times, Between = rate.Between * times };
        }),
    ];

    private static double Usual(EntityModel model, Feature feature) => Features.Natural(feature, model.Mean[(int)feature]);

    private static RatePrior Of(IEnumerable<LearnedRate> rates)
    {
        var known = rates.Where(r => r.Windows >= (r.Principal is null ? TenantKnownAfter : KnownAfter)).ToLookup(r => r.Principal is null);
        var principals = known[false].ToList();
        var prior = Vague;
        if (known[true].Any()) prior = prior with { TenantDispersion = (float)known[true].Average(r => r.Dispersion) };
        if (principals.Count < LeastEntities) return prior;
        var mean = principals.Average(p => p.Mean);
        return prior with
        {
            Mean = (float)mean,
            Between = (float)Math.Sqrt(principals.Average(p => (p.Mean - mean) * (p.Mean - mean))),
            Dispersion = (float)principals.Average(p => p.Dispersion),
        };
    }
}
