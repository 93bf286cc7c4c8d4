using AnomalyDetect.Core.Multivariate;

namespace AnomalyDetect.Learning;

/// <summary>What is gathered of one group of tenants, all of them or a cohort, while the trainer goes over the rows.</summary>
internal sealed class TrainingGroup(int mostRows, int seed, int windowMinutes)
{
    private readonly PriorEstimate _principals = new(), _tenants = new();
    private readonly RowSample _principalRows = new(mostRows, seed), _tenantRows = new(mostRows, seed);
    private FeatureStandardiser? _standardiser;

    public long PrincipalRows => _principals.Rows;

    public long TenantRows => _tenants.Rows;

    /// <summary>Priors at first, then with components.</summary>
    public EntityModel Principal { get; private set; } = null!;

    public EntityModel Tenant { get; private set; } = null!;

    /// <summary>Rows of entities known well enough, as a lane would see them.</summary>
    public RowSample SampleOf(bool tenants) => tenants ? _tenantRows : _principalRows;

    /// <summary>The first pass.</summary>
    public void Survey(in FeatureRow row) => (row.Principal is null ? _tenants : _principals).Add(row);

    /// <summary>Names mean others from here on.</summary>
    public void EndHistory()
    {
        if (Principal is null)
        {
            _principals.EndHistory();
            _tenants.EndHistory();
        }

        _standardiser?.EndHistory();
    }

    /// <exception cref="ModelException">No entity was seen for long enough.</exception>
    public void EndSurvey() => Use(_principals.ToPrior("principals"), _tenants.ToPrior("tenants"));

    /// <summary>From here on rows are held against these.</summary>
    public void Use(EntityModel principal, EntityModel tenant) => (Principal, Tenant, _standardiser) = (principal, tenant, new FeatureStandardiser(principal, tenant, windowMinutes));

    /// <summary>The second pass.</summary>
    public void Sample(in FeatureRow row)
    {
        if (_standardiser!.Next(row, out var vector)) SampleOf(row.Principal is null).Add(vector);
    }

    /// <summary>The last pass: how rare what the fitted models call odd is among the ordinary.</summary>
    public void Judge(in FeatureRow row) => _standardiser!.Next(row, out _);

    /// <summary>What <see cref="Judge"/> came to.</summary>
    public FeatureStandardiser Judged => _standardiser!;
}

/// <summary>A uniform sample of rows (Vitter's algorithm R, ACM Trans. Math. Softw. 11, 1985); the same of the same rows and seed.</summary>
internal sealed class RowSample(int most, int seed)
{
    private readonly Random _dice = new(seed);
    private long _seen;

    public List<FeatureVector> Rows { get; } = [];

    public void Add(in FeatureVector row)
    {
        _seen++;
        if (Rows.Count < most) Rows.Add(row);
        else if (_dice.NextInt64(_seen) is var place && place < most) Rows[(int)place] = row;
    }
}
