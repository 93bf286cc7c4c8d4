using AnomalyDetect.Core.Baselines;

namespace AnomalyDetect.Learning;

/// <summary>What is usual of minutes, of those not known yet: over everybody who was known well enough by the end of the training's histories.</summary>
internal static class RatePriors
{
    private const int Kinds = 3;
    private const int KnownAfter = 30; // a principal's active minutes
    private const int TenantKnownAfter = 24 * 60; // a tenant's minutes
    private const int LeastEntities = 5;

    /// <summary>Where too few were known to say: wide, so that little is made of a newcomer.</summary>
    private static readonly RatePrior Vague = new() { Mean = 1, Between = 10, Dispersion = 2, TenantDispersion = 2 };

    /// <returns>One for each kind of event.</returns>
    public static IReadOnlyList<RatePrior> Of(IReadOnlyList<LearnedRate> rates) => [.. Enumerable.Range(0, Kinds).Select(kind => Of(rates.Where(r => r.Kind == kind)))];

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
