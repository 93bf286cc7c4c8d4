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

    /// <summary>Whose rates of newcomers' minutes are taken, moved by how windows differ from its own, where nothing is known of minutes in what is learned from.</summary>
    public BehaviourModel? Parent { get; init; }

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
    /// Each is read up to four times and has names of its own: two tenants of one name in two histories are two. Rows of a tenant MUST come in the order of time.
    /// </param>
    /// <param name="rates">What is known of everybody's minutes at the end of all histories. Of two tenants of one name the first's cohort counts.</param>
    /// <param name="source">For the model's card.</param>
    /// <exception cref="ModelException">There is too little to learn from.</exception>
    public BehaviourModel Train(IReadOnlyList<IEnumerable<FeatureRow>> histories, IReadOnlyList<LearnedRate> rates, string source)
    {
        var context = new MLContext(options.Seed);
        var all = NewGroup();
        var (from, to) = (long.MaxValue, 0L);
        var means = new TenantMeans();
        Pass(histories, (int history, in FeatureRow row) =>
        {
            all.Survey(row);
            means.Add(history, row);
            (from, to) = (Math.Min(from, row.Start), Math.Max(to, row.Start));
        }, all.EndHistory);
        if (all.PrincipalRows < LeastRows || all.TenantRows < LeastRows)
            throw new TooLittleException($"There is too little to learn from: {all.PrincipalRows:N0} windows of principals and {all.TenantRows:N0} of tenants, where {LeastRows:N0} of each are needed; name a longer history.");
        all.EndSurvey();

        var found = TenantCohorts.Find(context, means, all.Tenant);
        TrainingGroup[] cohorts = [.. found.Cohorts.Select(_ => NewGroup())];
        TrainingGroup? CohortOf(int history, in FeatureRow row) => found.Of[means.NumberOf(history, row.Tenant)] is var number and > 0 ? cohorts[number - 1] : null;
        void EndHistory()
        {
            all.EndHistory();
            foreach (var cohort in cohorts) cohort.EndHistory();
        }

        if (cohorts.Length > 0)
        {
            Pass(histories, (int history, in FeatureRow row) => CohortOf(history, row)?.Survey(row), EndHistory);
            foreach (var cohort in cohorts) cohort.EndSurvey();
        }

        Pass(histories, (int history, in FeatureRow row) =>
        {
            all.Sample(row);
            CohortOf(history, row)?.Sample(row);
        }, EndHistory);
        all.Use(Fit(context, all.Principal, all.SampleOf(tenants: false).Rows, "principals"), Fit(context, all.Tenant, all.SampleOf(tenants: true).Rows, "tenants"));
        // A cohort too small for components of its own has its priors, and goes by everybody's.
        foreach (var cohort in cohorts) cohort.Use(FitOr(context, cohort, all.Principal, tenants: false), FitOr(context, cohort, all.Tenant, tenants: true));

        Pass(histories, (int history, in FeatureRow row) =>
        {
            all.Judge(row);
            CohortOf(history, row)?.Judge(row);
        }, EndHistory);
        // A cohort's move starts from the whole's, so that the same rows give the same model whether it is the champion by then or not.
        var usual = rates.Count == 0 && options.Parent is { } parent ? RatePriors.Moved(parent.Rates, parent.Principal, all.Principal) : RatePriors.Of(rates);
        return new BehaviourModel
        {
            Version = BehaviourModel.VersionWithoutSeries,
            FeatureSchema = Features.Schema,
            WindowMinutes = options.WindowMinutes,
            Principal = all.Principal with { Tail = all.Judged.PrincipalTail },
            Tenant = all.Tenant with { Tail = all.Judged.TenantTail },
            SpellTail = all.Judged.SpellTail,
            Rates = usual,
            Cohorts = [.. found.Cohorts.Select((c, i) => new Cohort
            {
                Centroid = c.Centroid,
                Radius = c.Radius,
                Tenants = c.Tenants,
                Principal = cohorts[i].Principal with { Tail = cohorts[i].Judged.PrincipalTail },
                Tenant = cohorts[i].Tenant with { Tail = cohorts[i].Judged.TenantTail },
                SpellTail = cohorts[i].Judged.SpellTail,
                Rates = rates.Count == 0
                    ? RatePriors.Moved(usual, all.Principal, cohorts[i].Principal)
                    : RatePriors.Of([.. rates.Where(r => means.FirstOf(r.Tenant) is { } tenant && found.Of[tenant] == i + 1)]),
            })],
            Training = new TrainingSummary(
                source, new DateTime(from, DateTimeKind.Utc), new DateTime(to + (options.WindowMinutes * TimeSpan.TicksPerMinute), DateTimeKind.Utc), all.PrincipalRows, all.TenantRows, means.Seen,
                options.Seed, $"Microsoft.ML {LibraryVersion}"),
        };
    }

    private TrainingGroup NewGroup() => new(options.MostRows, options.Seed, options.WindowMinutes);

    private static void Pass(IReadOnlyList<IEnumerable<FeatureRow>> histories, RowAction act, Action endHistory)
    {
        for (var i = 0; i < histories.Count; i++)
        {
            foreach (var row in histories[i]) act(i, row);
            endHistory();
        }
    }

    private delegate void RowAction(int history, in FeatureRow row);

    private EntityModel FitOr(MLContext context, TrainingGroup cohort, EntityModel whole, bool tenants)
    {
        var prior = tenants ? cohort.Tenant : cohort.Principal;
        var rows = cohort.SampleOf(tenants).Rows;
        return rows.Count >= LeastRows
            ? Fit(context, prior, rows, "")
            : prior with { Center = whole.Center, Components = whole.Components, Variances = whole.Variances, ResidualVariance = whole.ResidualVariance, ScoreUnit = whole.ScoreUnit };
    }

    private EntityModel Fit(MLContext context, EntityModel prior, List<FeatureVector> rows, string what)
    {
        if (rows.Count < LeastRows)
            throw new TooLittleException($"There is too little to learn from: only {rows.Count:N0} windows of {what} known for long enough, where {LeastRows:N0} are needed; name a longer history.");
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
