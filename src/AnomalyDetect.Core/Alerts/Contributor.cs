namespace AnomalyDetect.Core.Alerts;

/// <summary>
/// One of those who made what an alert about many tells of. For people to look at: a decision is only ever aimed at a driver, which has proved who it is.
/// </summary>
/// <param name="Observed">Of what the alert counts. Where counts are sketched, at least this.</param>
/// <param name="Expected">What is usual of it, where that is known.</param>
/// <param name="Share">Of what the alert observed, 0 to 1. One event may count for an address and for the principal it names.</param>
/// <param name="Claimed">The name was written by whoever knocked, and nothing proved it.</param>
public sealed record Contributor(EntityKind Kind, string Id, double Observed, double? Expected, double Share, bool Claimed)
{
    /// <summary>An alert names at most so many.</summary>
    public const int Kept = 5;

    /// <summary>Who makes less than this share leads nothing.</summary>
    public const double LeastShare = 0.01;

    private const double MostOfUsual = 1.5;

    /// <summary>
    /// Somebody known makes no more of it than it always makes when it is at work, and without that nothing would be told: a job at an hour the tenant is quieter than it was. It is told,
    /// and is no more than low.
    /// </summary>
    /// <param name="whole">What the alert observed.</param>
    /// <param name="limit">What it would have to exceed to be told at all.</param>
    internal bool ExplainsByItsUsual(double whole, double limit) => !Claimed && Expected is { } usual && Observed <= MostOfUsual * usual && whole - Observed <= limit;

    internal static Contributor Of(Entity entity, double observed, double? expected, double whole, bool claimed) => new(
        entity.Kind, entity.Id, Math.Round(observed, 1), expected is { } usual ? Math.Round(usual, 1) : null, Math.Round(Math.Min(1, observed / whole), 2), claimed);

    /// <summary>Those furthest above their usual first.</summary>
    internal static IReadOnlyList<Contributor> Leading(IEnumerable<Contributor> all) =>
    [
        .. all.Where(c => c.Share >= LeastShare).OrderByDescending(c => c.Observed - (c.Expected ?? 0)).ThenBy(c => c.Claimed).ThenBy(c => c.Kind).ThenBy(c => c.Id, StringComparer.Ordinal).Take(Kept),
    ];
}

internal static class Contributors
{
    /// <summary>Names of the principals among them.</summary>
    public static IReadOnlyCollection<string> Principals(this IReadOnlyList<Contributor> contributors) => [.. contributors.Where(c => c.Kind == EntityKind.Principal).Select(c => c.Id)];
}
