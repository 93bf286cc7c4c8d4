using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.Multivariate;

/// <summary>
/// What a tenant's windows are held against: what is usual of its principals and of itself, how rare oddities are among both, and the cohort all that began from.
/// </summary>
internal sealed class TenantStanding
{
    /// <summary>Of a deviation from what is hardly known yet.</summary>
    public const double LearningWeight = 0.6;

    private const int WarmUpWindows = 12; // before anything is judged
    private const int DayMinutes = 24 * 60; // after which the cohort is settled

    public TailEstimate PrincipalTail, SpellTail, TenantTail;

    private readonly BehaviourModel? _model;
    private readonly int _minutes;

    /// <param name="model">Null while features are only collected.</param>
    /// <param name="number">Of the cohort to begin in; 0: of none.</param>
    public TenantStanding(BehaviourModel? model, int windowMinutes, int number = 0)
    {
        (_model, _minutes) = (model, windowMinutes);
        Join(number);
        Population = new TenantPopulation(Cohort?.Principal ?? Untrained, windowMinutes);
        Whole = new TenantFeatures(Cohort?.Tenant ?? Untrained, windowMinutes);
        BeginTails();
    }

    public TenantPopulation Population { get; }

    public TenantFeatures Whole { get; }

    /// <summary>Of <see cref="BehaviourModel.CohortOf"/>.</summary>
    public int Number { get; private set; }

    /// <summary>Null without a model.</summary>
    public Cohort? Cohort { get; private set; }

    /// <summary>Windows are judged by now.</summary>
    public bool Judges => _model is not null && Whole.Windows >= WarmUpWindows;

    public static int Bytes => TenantFeatures.Bytes + TenantPopulation.Bytes;

    /// <summary>Stands in while features are only collected.</summary>
    private static EntityModel Untrained { get; } = new()
    {
        Mean = new float[Features.Count], Within = [.. Enumerable.Repeat(1f, Features.Count)], Between = [.. Enumerable.Repeat(1f, Features.Count)],
        Center = new float[Features.Count], Components = [new float[Features.Count]], Variances = [1], ResidualVariance = 1, ScoreUnit = 1, Tail = TailPrior.Usual,
    };

    /// <summary>
    /// Which tenants of the training the tenant is like: first after its warm-up, when a wrong guess does little harm, and for good once a whole day of it was seen.
    /// </summary>
    /// <returns>It is of another cohort now.</returns>
    public bool Settle()
    {
        if (_model is not { Cohorts.Count: > 0 } model || (Whole.Windows != WarmUpWindows && Whole.Windows != DayMinutes / _minutes)) return false;
        var number = model.CohortOf(Whole.Mean);
        if (number == Number) return false;
        Join(number);
        Population.Rebase(Cohort!.Principal);
        Whole.Rebase(Cohort.Tenant);
        BeginTails();
        return true;
    }

    /// <summary>Under another model the means go on, in the cohort they are like, and the tails begin anew.</summary>
    public void BeginAnew()
    {
        if (Judges) Join(_model!.CohortOf(Whole.Mean));
        BeginTails();
    }

    private void Join(int number) => (Number, Cohort) = (number, _model?.CohortAt(number));

    private void BeginTails() =>
        (PrincipalTail, SpellTail, TenantTail) = (new(Cohort?.Principal.Tail ?? TailPrior.Usual), new(Cohort?.SpellTail ?? TailPrior.Usual), new(Cohort?.Tenant.Tail ?? TailPrior.Usual));

    public void Save(StateWriter writer)
    {
        writer.Raw(PrincipalTail);
        writer.Raw(SpellTail);
        writer.Raw(TenantTail);
        Population.Save(writer);
        Whole.Save(writer);
    }

    public void Load(ref StateReader reader)
    {
        (PrincipalTail, SpellTail, TenantTail) = (reader.Raw<TailEstimate>(), reader.Raw<TailEstimate>(), reader.Raw<TailEstimate>());
        Population.Load(ref reader);
        Whole.Load(ref reader);
    }
}
