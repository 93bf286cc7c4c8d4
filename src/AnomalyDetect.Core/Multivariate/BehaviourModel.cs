using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.TimeSeries;
using AnomalyDetect.Core.TimeSeries.Ensemble;

namespace AnomalyDetect.Core.Multivariate;

/// <summary>
/// What training has learned of how principals and tenants behave: where one that is not known yet begins (its prior), and which features go together
/// (principal components). Immutable; part of what a lane runs under, so that a change takes effect only with a checkpoint.
/// </summary>
public sealed record BehaviourModel
{
    /// <summary>
    /// Of the records here; a reader refuses what it does not know. 1: scored by the whole distance. 2: scored by what stands out of it. 3: with cohorts. 4: with settings of
    /// the time-series ensemble; a model without any is still of version 3.
    /// </summary>
    public const int CurrentVersion = 4;

    /// <summary>Of models without <see cref="Series"/>.</summary>
    public const int VersionWithoutSeries = 3;

    /// <summary>By object: a copy with a change is another model.</summary>
    private static readonly ConditionalWeakTable<BehaviourModel, string> Hashes = [];

    /// <summary>Whether this program reads models of a version.</summary>
    public static bool Reads(int version) => version is VersionWithoutSeries or CurrentVersion;

    /// <summary>Cohorts, at most.</summary>
    public const int MostCohorts = 16;

    public required int Version { get; init; }

    /// <summary><see cref="Features.Schema"/> at the time of training.</summary>
    public required int FeatureSchema { get; init; }

    /// <summary>Whole minutes; 1 to 60.</summary>
    public required int WindowMinutes { get; init; }

    public required EntityModel Principal { get; init; }

    public required EntityModel Tenant { get; init; }

    /// <summary>Of what runs of a principal's odd windows add up to.</summary>
    public required TailPrior SpellTail { get; init; }

    /// <summary>Of logins, API calls and delegations, in this order.</summary>
    public required IReadOnlyList<RatePrior> Rates { get; init; }

    /// <summary>Groups of tenants alike, each with what was learned of it alone; a tenant that is like none is judged by the rest of the model. May be empty.</summary>
    public required IReadOnlyList<Cohort> Cohorts { get; init; }

    public required TrainingSummary Training { get; init; }

    /// <summary>Of the time-series part of <c>ml_spike</c>; null: its defaults.</summary>
    public SeriesSettings? Series { get; init; }

    /// <summary>The same with other settings of series, and of the version that takes.</summary>
    /// <param name="series">Null: the defaults.</param>
    public BehaviourModel With(SeriesSettings? series) => this with { Series = series, Version = series is null ? VersionWithoutSeries : CurrentVersion };

    /// <summary>Of every tenant that is of no cohort, or not known for long enough.</summary>
    [JsonIgnore]
    public Cohort Everybody => field is { } known && ReferenceEquals(known.Principal, Principal) && ReferenceEquals(known.Tenant, Tenant) && ReferenceEquals(known.Rates, Rates) && known.SpellTail == SpellTail ? known : field = new Cohort
    {
        Centroid = Tenant.Mean, Radius = float.MaxValue, Tenants = Math.Max(1, Training.Tenants), Principal = Principal, Tenant = Tenant, SpellTail = SpellTail, Rates = Rates,
    };

    /// <summary>The number of the cohort a tenant is like, from 1; 0 for <see cref="Everybody"/>.</summary>
    /// <param name="mean">Of what its windows hold.</param>
    public int CohortOf(IReadOnlyList<float> mean)
    {
        var (nearest, distance) = (0, double.MaxValue);
        for (var i = 0; i < Cohorts.Count; i++)
        {
            var far = Cohort.Distance(mean, Cohorts[i].Centroid, Tenant);
            if (far <= Cohorts[i].Radius && far < distance) (nearest, distance) = (i + 1, far);
        }

        return nearest;
    }

    /// <param name="number">As <see cref="CohortOf"/> gives it.</param>
    public Cohort CohortAt(int number) => number >= 1 && number <= Cohorts.Count ? Cohorts[number - 1] : Everybody;

    /// <summary>First 16 hex digits of the SHA-256 of its JSON: names the model in findings and checkpoints.</summary>
    public string Id() => Hashes.GetValue(this, static model => model.Hash())[..16];

    /// <summary>The SHA-256 of its JSON, in lower-case hex digits.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(ToJson()));

    /// <summary>Spares a model whose <see cref="Hash"/> is known being written only to be named.</summary>
    public BehaviourModel Known(string hash)
    {
        Hashes.AddOrUpdate(this, hash);
        return this;
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, CoreJson.Default.BehaviourModel);

    /// <summary>Every reason why it cannot be used; empty when it can.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (!Reads(Version)) problems.Add($"it is of version {Version}, and this program reads versions {VersionWithoutSeries} and {CurrentVersion}");
        if (FeatureSchema != Features.Schema) problems.Add($"it was trained on feature schema {FeatureSchema}, and this program computes schema {Features.Schema}");
        if (problems.Count > 0) return problems;
        if (Series is not null != (Version == CurrentVersion)) problems.Add($"it is of version {Version} and {(Series is null ? "lacks" : "has")} settings of series");
        foreach (var kind in Series is null ? [] : Enum.GetValues<SeriesKind>())
            problems.AddRange(Series!.Of(kind) is { } setting ? SeriesOptionsValidator.Validate(setting.ToOptions()).Select(p => $"series.{kind}: {p}") : [$"series.{kind} is missing"]);
        if (WindowMinutes is < 1 or > 60) problems.Add($"window_minutes must be 1 to 60, not {WindowMinutes}");
        Everybody.ValidateParts("", problems);
        if (Cohorts.Count > MostCohorts) problems.Add($"it has {Cohorts.Count} cohorts, and {MostCohorts} are read");
        foreach (var (i, cohort) in Cohorts.Index()) cohort.Validate($"cohorts[{i}]", problems);
        return problems;
    }
}

/// <summary>What was learned of one kind of entity. Lists have one number a feature.</summary>
public sealed record EntityModel
{
    /// <summary>Where a new entity's own mean begins.</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>Standard deviation around an entity's own mean.</summary>
    public required IReadOnlyList<float> Within { get; init; }

    /// <summary>Standard deviation of entities' own means: how wrong <see cref="Mean"/> is about one not known yet.</summary>
    public required IReadOnlyList<float> Between { get; init; }

    /// <summary>Of the standardised vectors.</summary>
    public required IReadOnlyList<float> Center { get; init; }

    /// <summary>Orthonormal, one list a component: the eigenvectors of ML.NET's RandomizedPca.</summary>
    public required IReadOnlyList<IReadOnlyList<float>> Components { get; init; }

    /// <summary>Along each component.</summary>
    public required IReadOnlyList<float> Variances { get; init; }

    /// <summary>Along each direction no component covers.</summary>
    public required float ResidualVariance { get; init; }

    /// <summary>What a σ of the score is worth: the cube root of the excess that one training window in a hundred goes beyond, divided by 2.326.</summary>
    public required float ScoreUnit { get; init; }

    /// <summary>Of the scores of training windows.</summary>
    public required TailPrior Tail { get; init; }

    /// <summary>Made once: every tenant is scored by the same.</summary>
    [JsonIgnore]
    public PcaScorer Scorer => ReferenceEquals(field?.Model, this) ? field : field = new PcaScorer(this); // a changed copy carries the old one along

    internal void Validate(string path, List<string> problems)
    {
        ValidateNumbers($"{path}.mean", Mean, problems);
        ValidateNumbers($"{path}.within", Within, problems);
        ValidateNumbers($"{path}.between", Between, problems);
        ValidateNumbers($"{path}.center", Center, problems);
        for (var i = 0; i < Components.Count; i++) ValidateNumbers($"{path}.components[{i}]", Components[i], problems);
        if (Components.Count is < 1 or > Features.Count) problems.Add($"{path}.components are {Components.Count}, and must be 1 to {Features.Count}");
        if (Variances.Count != Components.Count) problems.Add($"{path}.variances are {Variances.Count} for {Components.Count} components");
        if (!Tail.IsValid) problems.Add($"{path}.tail must have a rate above 0 and below 1 and an excess above 0");
        foreach (var value in (ReadOnlySpan<float>)[.. Variances, ResidualVariance, ScoreUnit])
            if (!(float.IsFinite(value) && value > 0)) problems.Add($"{path} holds a variance that is not above 0");
    }

    private static void ValidateNumbers(string path, IReadOnlyList<float> numbers, List<string> problems)
    {
        if (numbers.Count != Features.Count) problems.Add($"{path} has {numbers.Count} numbers where there are {Features.Count} features");
        else if (!Cohort.AreFinite(numbers)) problems.Add($"{path} holds what is no number");
    }
}

/// <summary>Where a model comes from.</summary>
/// <param name="Source">Files, a topic, or the seeds of simulated traffic.</param>
/// <param name="Library">That trained it, with its version.</param>
public sealed record TrainingSummary(string Source, DateTime From, DateTime To, long PrincipalRows, long TenantRows, int Tenants, int Seed, string Library);
