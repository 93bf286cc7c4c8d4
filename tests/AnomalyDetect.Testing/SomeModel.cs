using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Multivariate;

namespace AnomalyDetect.Testing;

/// <summary>A model made by hand: half a dozen calls from one place, every feature varying by about a third; calls and kilobytes go together, and nothing else does.</summary>
public static class SomeModel
{
    public static BehaviourModel Create(int windowMinutes = 5) => new()
    {
        Version = BehaviourModel.VersionWithoutSeries,
        FeatureSchema = Features.Schema,
        WindowMinutes = windowMinutes,
        Principal = Entity(),
        Tenant = Entity(),
        SpellTail = TailPrior.Usual,
        Rates = [.. Enumerable.Repeat(new RatePrior { Mean = 2, Between = 2, Dispersion = 1.5f, TenantDispersion = 2 }, 3)],
        Cohorts = [],
        Training = new TrainingSummary("made by hand", DateTime.UnixEpoch, DateTime.UnixEpoch.AddDays(1), 1, 1, 1, 1, "none"),
    };

    /// <summary>The same for tenants whose windows are near <paramref name="centroid"/>, with another view of how much is usual.</summary>
    public static Cohort Cohort(IReadOnlyList<float> centroid, float radius, float rate = 2) => new()
    {
        Centroid = centroid,
        Radius = radius,
        Tenants = 7,
        Principal = Entity() with { Between = [.. Enumerable.Repeat(0.3f, Features.Count)] },
        Tenant = Entity() with { Within = [.. Enumerable.Repeat(0.4f, Features.Count)] },
        SpellTail = TailPrior.Usual,
        Rates = [.. Enumerable.Repeat(new RatePrior { Mean = rate, Between = 2, Dispersion = 1.5f, TenantDispersion = 2 }, 3)],
    };

    public static EntityModel Entity()
    {
        var together = new float[Features.Count];
        together[(int)Feature.ApiCalls] = together[(int)Feature.Kilobytes] = MathF.Sqrt(0.5f);
        var mean = new float[Features.Count];
        (mean[(int)Feature.ApiCalls], mean[(int)Feature.Kilobytes]) = (MathF.Log(1 + 6), MathF.Log(1 + 30));
        foreach (var one in new[] { Feature.Networks, Feature.Countries, Feature.Devices, Feature.Sessions }) mean[(int)one] = MathF.Log(1 + 1);
        mean[(int)Feature.Resources] = MathF.Log(1 + 2);
        return new EntityModel
        {
            Mean = mean,
            Within = [.. Enumerable.Repeat(0.3f, Features.Count)],
            Between = [.. Enumerable.Repeat(0.5f, Features.Count)],
            Center = new float[Features.Count],
            Components = [together],
            Variances = [4],
            ResidualVariance = 0.5f,
            ScoreUnit = 0.9f,
            Tail = TailPrior.Usual,
        };
    }
}
