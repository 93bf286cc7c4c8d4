using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Multivariate;

/// <summary>What training has learned of tenants that are alike in what they do, as k-means tells them apart (Lloyd, IEEE Trans. Inf. Theory 28, 1982).</summary>
public sealed record Cohort
{
    /// <summary>Mean of what its tenants' windows hold; one number a feature.</summary>
    public required IReadOnlyList<float> Centroid { get; init; }

    /// <summary>How far from the centroid a tenant still belongs to it, by <see cref="Distance"/>; above 0.</summary>
    public required float Radius { get; init; }

    /// <summary>It was learned from; at least 1.</summary>
    public required int Tenants { get; init; }

    public required EntityModel Principal { get; init; }

    public required EntityModel Tenant { get; init; }

    /// <inheritdoc cref="BehaviourModel.SpellTail"/>
    public required TailPrior SpellTail { get; init; }

    /// <inheritdoc cref="BehaviourModel.Rates"/>
    public required IReadOnlyList<RatePrior> Rates { get; init; }

    /// <summary>
    /// How unlike two tenants are: the root mean square of the features' differences, each in σ by which tenants differ from each other, and that never
    /// taken for less than <see cref="FeatureScale.Least"/>.
    /// </summary>
    /// <param name="whole">What was learned of all tenants.</param>
    public static double Distance(IReadOnlyList<float> a, IReadOnlyList<float> b, EntityModel whole)
    {
        var sum = 0.0;
        for (var j = 0; j < Features.Count; j++)
        {
            var difference = (a[j] - b[j]) / Scale(whole, j);
            sum += difference * difference;
        }

        return Math.Sqrt(sum / Features.Count);
    }

    /// <summary>What a feature's difference is measured in.</summary>
    public static double Scale(EntityModel whole, int feature) => Math.Max(FeatureScale.Least, whole.Between[feature]);

    internal static bool AreFinite(IReadOnlyList<float> numbers)
    {
        for (var i = 0; i < numbers.Count; i++)
            if (!float.IsFinite(numbers[i])) return false;
        return true;
    }

    internal void Validate(string path, List<string> problems)
    {
        if (Centroid.Count != Features.Count || !AreFinite(Centroid)) problems.Add($"{path}.centroid must be {Features.Count} finite numbers");
        if (!(float.IsFinite(Radius) && Radius > 0)) problems.Add($"{path}.radius must be above 0");
        if (Tenants < 1) problems.Add($"{path}.tenants must be at least 1");
        ValidateParts($"{path}.", problems);
    }

    /// <param name="path">Ends where a name goes on.</param>
    internal void ValidateParts(string path, List<string> problems)
    {
        Principal.Validate($"{path}principal", problems);
        Tenant.Validate($"{path}tenant", problems);
        if (Rates.Count != MinuteWindow.PrincipalKinds || !Rates.All(r => r.IsValid))
            problems.Add($"{path}rates must be {MinuteWindow.PrincipalKinds}, of finite means and dispersions of at least 1");
        if (!SpellTail.IsValid) problems.Add($"{path}spell_tail must have a rate above 0 and below 1 and an excess above 0");
    }
}
