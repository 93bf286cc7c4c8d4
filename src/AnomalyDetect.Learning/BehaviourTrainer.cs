using System.Reflection;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Multivariate;
using Microsoft.ML;

namespace AnomalyDetect.Learning;

/// <summary>How a model is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>The same rows and seed give the same model.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Principal components kept; 1 to 23.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>Rows the components are fitted on, at most; more are sampled. 1,000 to 10,000,000.</summary>
    public int MostRows { get; init; } = 300_000;

    /// <summary>Of the rows' windows, in minutes.</summary>
    public int WindowMinutes { get; init; } = 5;
}

/// <summary>
/// Trains a <see cref="BehaviourModel"/>: first the priors (where entities' means lie and how much they vary), then, over rows standardised as a lane would do
/// it, the principal components and the scale of the distances they give.
/// </summary>
public sealed class BehaviourTrainer(TrainingOptions options)
{
    private const int LeastRows = 500;
    private const double OneInAHundred = 2.326; // σ of a Gaussian
    private const double LeastUnit = 0.6; // of the cube root of an excess per σ; that of independent Gaussian features is 0.7

    private static string LibraryVersion =>
        typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "of unknown version";

    /// <param name="histories">
    /// Each is read four times and has names of its own: two tenants of one name in two histories are two. Rows of a tenant MUST come in the order of time.
    /// </param>
    /// <param name="rates">What is known of everybody's minutes at the end of all histories.</param>
    /// <param name="source">For the model's card.</param>
    /// <exception cref="ModelException">There is too little to learn from.</exception>
    public BehaviourModel Train(IReadOnlyList<IEnumerable<FeatureRow>> histories, IReadOnlyList<LearnedRate> rates, string source)
    {
        var (principals, tenants) = (new PriorEstimate(), new PriorEstimate());
        var (from, to, names) = (long.MaxValue, 0L, 0);
        foreach (var history in histories)
        {
            var seen = new HashSet<Symbol>();
            foreach (var row in history)
            {
                (row.Principal is null ? tenants : principals).Add(row);
                (from, to) = (Math.Min(from, row.Start), Math.Max(to, row.Start));
                seen.Add(row.Tenant);
            }

            names += seen.Count;
            principals.EndHistory();
            tenants.EndHistory();
        }

        if (principals.Rows < LeastRows || tenants.Rows < LeastRows)
            throw new ModelException($"There is too little to learn from: {principals.Rows:N0} windows of principals and {tenants.Rows:N0} of tenants, where {LeastRows:N0} of each are needed; name a longer history.");
        var (principalPrior, tenantPrior) = (principals.ToPrior("principals"), tenants.ToPrior("tenants"));
        var context = new MLContext(options.Seed);
        var principal = Fit(context, principalPrior, Standardised(histories, principalPrior, tenantPrior, wantsTenants: false), "principals");
        var tenant = Fit(context, tenantPrior, Standardised(histories, principalPrior, tenantPrior, wantsTenants: true), "tenants");
        var tails = Judged(histories, principal, tenant);
        return new BehaviourModel
        {
            Version = BehaviourModel.CurrentVersion,
            FeatureSchema = Features.Schema,
            WindowMinutes = options.WindowMinutes,
            Principal = principal with { Tail = tails.PrincipalTail },
            Tenant = tenant with { Tail = tails.TenantTail },
            SpellTail = tails.SpellTail,
            Rates = RatePriors.Of(rates),
            Training = new TrainingSummary(
                source, new DateTime(from, DateTimeKind.Utc), new DateTime(to + (options.WindowMinutes * TimeSpan.TicksPerMinute), DateTimeKind.Utc), principals.Rows, tenants.Rows, names,
                options.Seed, $"Microsoft.ML {LibraryVersion}"),
        };
    }

    /// <summary>A uniform sample of the rows of entities known well enough, as a lane would see them (Vitter's algorithm R).</summary>
    private List<FeatureVector> Standardised(IReadOnlyList<IEnumerable<FeatureRow>> histories, EntityModel principal, EntityModel tenant, bool wantsTenants)
    {
        var sample = new List<FeatureVector>();
        var dice = new Random(options.Seed);
        var seen = 0L;
        foreach (var history in histories)
        {
            var standardiser = new FeatureStandardiser(principal, tenant, options.WindowMinutes);
            foreach (var row in history)
            {
                if (!standardiser.Next(row, out var vector) || (row.Principal is null) != wantsTenants) continue;
                seen++;
                if (sample.Count < options.MostRows) sample.Add(vector);
                else if (dice.NextInt64(seen) is var place && place < options.MostRows) sample[(int)place] = vector;
            }
        }

        return sample;
    }

    /// <summary>Goes over all rows once more as a lane under the fitted models would: how rare what they call odd is among the ordinary.</summary>
    private FeatureStandardiser Judged(IReadOnlyList<IEnumerable<FeatureRow>> histories, EntityModel principal, EntityModel tenant)
    {
        var judged = new FeatureStandardiser(principal, tenant, options.WindowMinutes);
        foreach (var history in histories)
        {
            judged.EndHistory();
            foreach (var row in history) judged.Next(row, out _);
        }

        return judged;
    }

    private EntityModel Fit(MLContext context, EntityModel prior, List<FeatureVector> rows, string what)
    {
        if (rows.Count < LeastRows)
            throw new ModelException($"There is too little to learn from: only {rows.Count:N0} windows of {what} known for long enough, where {LeastRows:N0} are needed; name a longer history.");
        var components = PrincipalComponents.Fit(context, rows, options.Rank, options.Seed);
        var rank = components.Components.Length;
        var variances = new double[rank];
        var total = 0.0;
        foreach (var row in rows)
        {
            for (var j = 0; j < Features.Count; j++) total += Square(row[j] - components.Center[j]);
            for (var i = 0; i < rank; i++)
            {
                var along = 0.0;
                for (var j = 0; j < Features.Count; j++) along += components.Components[i][j] * (double)(row[j] - components.Center[j]);
                variances[i] += along * along;
            }
        }

        // A direction in which nothing ever varied would make the least step a sensation.
        const double Least = 0.25;
        for (var i = 0; i < rank; i++) variances[i] = Math.Max(Least, variances[i] / rows.Count);
        var rest = Math.Max(Least, ((total / rows.Count) - variances.Sum()) / (Features.Count - rank));
        var model = prior with
        {
            Center = components.Center,
            Components = components.Components,
            Variances = [.. variances.Select(v => (float)v)],
            ResidualVariance = (float)rest,
        };
        var roots = rows.Select(row => Math.Cbrt(model.Scorer.Excess(row, out _))).Order().ToArray();
        var unit = Math.Max(LeastUnit, roots[(int)(0.99 * roots.Length)] / OneInAHundred);
        return model with { ScoreUnit = (float)unit };
    }

    private static double Square(double value) => value * value;
}
