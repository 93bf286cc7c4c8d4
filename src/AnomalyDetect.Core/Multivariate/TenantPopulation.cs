using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.Multivariate;

/// <summary>What a tenant's principals have in common: where a new one begins. The model's prior until the tenant has shown its own; nothing is taken from another tenant.</summary>
internal sealed class TenantPopulation(EntityModel prior, int windowMinutes)
{
    private const double PriorRows = 200;
    private const double Memory = 5_000;

    private readonly float[] _mean = [.. prior.Mean];
    private readonly float[] _between = [.. prior.Between.Select(b => b * b)];
    private EntityModel _prior = prior;
    private double _rows;

    public int WindowsPerDay { get; } = 24 * 60 / windowMinutes;

    public FeatureScale Scale { get; } = new(prior);

    /// <summary>What its principals have in common lately.</summary>
    public Tide Tide { get; } = new();

    public static int Bytes => FeatureScale.Bytes + Tide.Bytes + (Features.Count * 8) + 56;

    public double Mean(int feature) => _mean[feature];

    /// <param name="weight">With <paramref name="of"/>, the share of the variance of principals' own means that is added.</param>
    public void Sigmas(double weight, double of, Span<double> sigmas) => Scale.Sigmas(_between, weight, of, sigmas);

    public void Learn(in FeatureVector values)
    {
        _rows = Math.Min(_rows + 1, Memory);
        AllFeatures.Blend(_mean, values, _rows + PriorRows);
    }

    /// <summary>As if it had begun at another prior.</summary>
    public void Rebase(EntityModel prior)
    {
        Scale.Rebase(_prior, prior);
        var left = (float)(PriorRows / (PriorRows + _rows));
        for (var j = 0; j < Features.Count; j++)
        {
            _mean[j] += (prior.Mean[j] - _prior.Mean[j]) * left;
            _between[j] = prior.Between[j] * prior.Between[j];
        }

        _prior = prior;
    }

    public void Save(StateWriter writer)
    {
        Scale.Save(writer);
        writer.Raw<float>(_mean);
        writer.Double(_rows);
        Tide.Save(writer);
    }

    public void Load(ref StateReader reader)
    {
        Scale.Load(ref reader);
        reader.Raw(_mean.AsSpan());
        _rows = reader.Double();
        Tide.Load(ref reader);
    }
}
