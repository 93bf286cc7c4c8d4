using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;

namespace AnomalyDetect.Core.Multivariate;

/// <summary>What a model makes of one window.</summary>
/// <param name="IsKnown">The entity was known well enough to be judged.</param>
/// <param name="Probability">That an ordinary window of its kind is at least as odd, by the tail as it was learned so far; 1 below the tail's threshold.</param>
/// <param name="Severity">Of the alert it would raise; null: of none, or of one that is running already.</param>
public readonly record struct JudgedWindow(bool IsKnown, double Probability, Severity? Severity);

/// <summary>
/// Goes over feature rows as a lane's behaviour detector goes over windows, with its tails, budget, runs and held learning, and says what each would come to. It lacks
/// what rows do not hold: other detectors' alerts, and which logins failed. Rows of one tenant MUST come in the order of their time, its principals' before its own.
/// </summary>
public sealed class HistoryJudge(BehaviourModel model, BudgetOptions budget)
{
    private static readonly long EpisodeGap = TimeSpan.FromMinutes(15).Ticks;
    private static readonly long AdoptAfter = TimeSpan.FromHours(6).Ticks;

    private readonly record struct Episode(long From, long Until, Severity Severity);

    private sealed class Tenant(BehaviourModel model)
    {
        public readonly TenantStanding Standing = new(model, model.WindowMinutes);
        public readonly Dictionary<Symbol, PrincipalFeatures> Principals = [];
        public readonly Dictionary<Symbol, Episode> Episodes = [];
        public Episode Own;
        public double Tests; // principals a window, mean
        public int Windows, Judged;
        public bool Told;
    }

    private readonly Dictionary<Symbol, Tenant> _tenants = [];

    private long Span => model.WindowMinutes * TimeSpan.TicksPerMinute;

    private double WindowsPerWeek => 7 * 24 * 60.0 / model.WindowMinutes;

    /// <summary>Names mean others from here on.</summary>
    public void EndHistory() => _tenants.Clear();

    public JudgedWindow Next(in FeatureRow row)
    {
        if (!_tenants.TryGetValue(row.Tenant, out var tenant)) _tenants.Add(row.Tenant, tenant = new Tenant(model));
        return row.Principal is { } principal ? Principal(tenant, principal, row) : Whole(tenant, row);
    }

    private JudgedWindow Principal(Tenant tenant, Symbol principal, in FeatureRow row)
    {
        var number = row.Start / Span;
        tenant.Principals.TryGetValue(principal, out var own);
        own.Claim(principal.Hash, tenant.Standing.Population);
        tenant.Judged++;
        tenant.Episodes.TryGetValue(principal, out var episode);
        var (judged, ended, judges) = (default(JudgedWindow) with { Probability = 1 }, default(EndedSpell), tenant.Standing.Judges);
        if (judges)
        {
            var tests = Math.Max(1, tenant.Tests) * WindowsPerWeek;
            var oddity = Oddity.Of(own.Standardise(row.Values, tenant.Standing.Population), tenant.Standing.Cohort!.Principal.Scorer);
            var z = oddity.Score * own.Confidence;
            var isWorth = z > TailEstimate.Threshold && oddity.IsWorthTelling;
            var evidence = Evidence.Of(z);
            var spell = own.AddToSpell(number, evidence, isWorth, out ended);
            var severity = Severity.Info;
            if (isWorth)
            {
                if (own.IsNews(spell) || IsRunning(episode, row.Start)) severity = new AlertBudget(budget, tenant.Standing.SpellTail, tests).Of(spell);
                if (!oddity.IsOfVolumeAlone) severity = Max(severity, new AlertBudget(budget, tenant.Standing.PrincipalTail, tests).Of(evidence));
            }

            judged = new JudgedWindow(own.State == BaselineState.Active, isWorth ? tenant.Standing.PrincipalTail.Probability(evidence) : 1, Raise(ref episode, row.Start, severity));
            if (severity >= Severity.Low)
            {
                own.Told(spell);
                tenant.Told = true;
                tenant.Episodes[principal] = episode;
            }
        }

        if (!IsHeld(episode, row.Start))
        {
            if (judges) ended.Teach(ref tenant.Standing.PrincipalTail, ref tenant.Standing.SpellTail);
            own.Learn(number, row.Values, tenant.Standing.Population, IsAdopted(episode, row.Start));
        }

        tenant.Principals[principal] = own;
        return judged;
    }

    private JudgedWindow Whole(Tenant tenant, in FeatureRow row)
    {
        var number = row.Start / Span;
        var minute = number * model.WindowMinutes;
        tenant.Windows = (int)Math.Min(tenant.Windows + 1, WindowsPerWeek);
        tenant.Tests += (tenant.Judged - tenant.Tests) / tenant.Windows;
        var told = tenant.Told;
        (tenant.Judged, tenant.Told) = (0, false);
        var judged = default(JudgedWindow) with { Probability = 1 };
        if (tenant.Standing.Judges)
        {
            var oddity = Oddity.Of(tenant.Standing.Whole.Standardise(row.Values, minute), tenant.Standing.Cohort!.Tenant.Scorer);
            var state = tenant.Standing.Whole.StateAt(minute);
            var z = oddity.Score * (state == BaselineState.Learning ? TenantStanding.LearningWeight : 1);
            var evidence = Evidence.Of(z);
            var severity = z > TailEstimate.Threshold && !told && oddity.IsWorthTelling ? new AlertBudget(budget, tenant.Standing.TenantTail, WindowsPerWeek).Of(evidence) : Severity.Info;
            judged = new JudgedWindow(state == BaselineState.Active, tenant.Standing.TenantTail.Probability(evidence), Raise(ref tenant.Own, row.Start, severity));
            tenant.Standing.TenantTail.Learn(evidence);
        }

        if (!IsHeld(tenant.Own, row.Start))
        {
            tenant.Standing.Whole.Learn(number, row.Values, IsAdopted(tenant.Own, row.Start));
            tenant.Standing.Settle();
        }

        return judged;
    }

    /// <returns>The severity, capped at medium, of an alert that was not running or has got worse; otherwise null.</returns>
    private Severity? Raise(ref Episode episode, long start, Severity severity)
    {
        if (severity < Severity.Low) return null;
        severity = severity > Severity.Medium ? Severity.Medium : severity;
        var runs = IsRunning(episode, start);
        var before = runs ? episode.Severity : (Severity?)null;
        episode = new Episode(runs ? episode.From : start, start + Span, before is { } known ? Max(known, severity) : severity);
        return before is null || severity > before ? severity : null;
    }

    private static bool IsRunning(Episode episode, long start) => episode.Until > 0 && start <= episode.Until + EpisodeGap;

    private static bool Runs(Episode episode, long start) => episode.Until > 0 && start < episode.Until + EpisodeGap && episode.Severity >= Severity.Medium;

    private static bool IsHeld(Episode episode, long start) => Runs(episode, start) && start - episode.From < AdoptAfter;

    private static bool IsAdopted(Episode episode, long start) => Runs(episode, start) && start - episode.From >= AdoptAfter;

    private static Severity Max(Severity a, Severity b) => a > b ? a : b;
}
