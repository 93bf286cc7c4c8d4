using System.Globalization;

namespace AnomalyDetect.Service.Tests.Chaos;

/// <summary>How much a run goes through, and by which dice. Taken from the environment, so that the same test is short with all the others and long on demand.</summary>
/// <param name="Decisions">At least so many are made.</param>
/// <param name="Kills">Of the service, spread over the run.</param>
/// <param name="Seed">Of what is done when; how the machine's timing falls between is chance.</param>
internal sealed record ChaosScale(int Decisions, int Kills, int Seed)
{
    private const string Amount = "ANOMALYDETECT_CHAOS";

    public static ChaosScale FromEnvironment()
    {
        var seed = Number("ANOMALYDETECT_CHAOS_SEED") ?? Random.Shared.Next(1, 1_000_000);
        return Environment.GetEnvironmentVariable(Amount) switch
        {
            null or "" or "short" => new ChaosScale(Decisions: 400, Kills: 4, seed),
            "full" => new ChaosScale(Decisions: 10_000, Kills: 20, seed),
            var other => throw new ArgumentException($"{Amount} must be 'short' or 'full', not '{other}'"),
        };
    }

    /// <summary>Tenants of each sort.</summary>
    public int Tenants => Decisions >= 10_000 ? 40 : 8;

    private static int? Number(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
