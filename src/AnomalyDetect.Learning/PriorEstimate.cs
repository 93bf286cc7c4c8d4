using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Multivariate;

namespace AnomalyDetect.Learning;

/// <summary>
/// Where the means of one kind of entity lie, how much entities differ from each other and how much each varies around its own running mean. One pass; what
/// stands out counts at most as five of its σ so far.
/// </summary>
internal sealed class PriorEstimate
{
    private const int KnownAfter = 12;
    private const int Memory = 30; // as a lane looks back

    private sealed class Entity
    {
        public readonly float[] Mean = new float[Features.Count];
        public int Rows;
    }

    private readonly Dictionary<(Symbol, Symbol?), Entity> _entities = [];
    private readonly double[] _sum = new double[Features.Count];
    private readonly double[] _squares = new double[Features.Count];
    private readonly double[] _meanSum = new double[Features.Count];
    private readonly double[] _meanSquares = new double[Features.Count];
    private long _errors;
    private int _known;

    public long Rows { get; private set; }

    public void Add(in FeatureRow row)
    {
        if (!_entities.TryGetValue((row.Tenant, row.Principal), out var entity)) _entities.Add((row.Tenant, row.Principal), entity = new Entity());
        Rows++;
        entity.Rows++;
        var known = entity.Rows > KnownAfter;
        if (known) _errors++;
        for (var j = 0; j < Features.Count; j++)
        {
            _sum[j] += row.Values[j];
            var error = row.Values[j] - entity.Mean[j];
            if (known) _squares[j] += Math.Min(error * error, 25 * Math.Max(0.01, _squares[j] / _errors));
            entity.Mean[j] += error / Math.Min(entity.Rows, Memory);
        }
    }

    /// <summary>Names mean others from here on.</summary>
    public void EndHistory()
    {
        foreach (var entity in _entities.Values)
        {
            if (entity.Rows <= KnownAfter) continue;
            _known++;
            for (var j = 0; j < Features.Count; j++)
            {
                _meanSum[j] += entity.Mean[j];
                _meanSquares[j] += entity.Mean[j] * (double)entity.Mean[j];
            }
        }

        _entities.Clear();
    }

    /// <summary>A model without components yet.</summary>
    /// <exception cref="ModelException">No entity was seen for long enough.</exception>
    public EntityModel ToPrior(string what)
    {
        if (_known == 0) throw new TooLittleException($"There is too little to learn from: no {what} were seen in more than {KnownAfter} windows; name a longer history.");
        var (mean, within, between) = (new float[Features.Count], new float[Features.Count], new float[Features.Count]);
        for (var j = 0; j < Features.Count; j++)
        {
            mean[j] = (float)(_sum[j] / Rows);
            within[j] = (float)Math.Sqrt(_squares[j] / Math.Max(1, _errors));
            var center = _meanSum[j] / _known;
            // One alone says nothing of how much they differ.
            between[j] = _known == 1 ? Math.Max(within[j], 0.5f) : (float)Math.Sqrt(Math.Max(0, (_meanSquares[j] / _known) - (center * center)));
        }

        return new EntityModel
        {
            Mean = mean, Within = within, Between = between, Center = new float[Features.Count], Components = [], Variances = [], ResidualVariance = 1, ScoreUnit = 1, Tail = TailPrior.Usual,
        };
    }
}
