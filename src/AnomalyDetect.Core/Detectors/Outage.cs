namespace AnomalyDetect.Core.Detectors;

/// <summary>Told from a principal's own failures by what becomes of the others' calls.</summary>
internal static class Outage
{
    private const double Share = 0.2; // of the others' calls that come to nothing,
    private const int Least = 3; // and how many at least

    /// <param name="refused">Calls of others in the tenant that came to nothing.</param>
    /// <param name="calls">All of theirs.</param>
    public static bool Explains(double refused, double calls) => refused >= Least && refused > Share * calls;
}
