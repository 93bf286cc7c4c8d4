using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tracing;

namespace AnomalyDetect.Core.Detectors;

/// <content>What its oddities are rated by.</content>
internal sealed partial class BehaviourDetector
{
    /// <summary>How bad it is: <paramref name="Evidence"/> that an alert of this severity must be above <paramref name="Limit"/> for.</summary>
    private readonly record struct Rating(Severity Severity, double Evidence, double Limit, AlertBudget Budget)
    {
        public static Rating Of(double evidence, in AlertBudget budget) =>
            budget.Of(evidence) is var severity && severity >= Severity.Medium ? new(Severity.Medium, evidence, budget.Medium, budget) : new(severity, evidence, budget.Low, budget);

        /// <summary>Never more than low, as long as nobody's hours are known.</summary>
        public Rating OfFirstDay() => Severity > Severity.Low ? this with { Severity = Severity.Low, Limit = Budget.Low } : this;

        public Rarity ToRarity(string why) => Budget.Rate(Evidence, why, BehaviourNotes.Unit).AtMost(Severity, Severity == Severity.Medium ? BehaviourNotes.ModelAlone : "on a tenant's first day nobody's hours are known");
    }

    /// <summary>Of a tenant's principals, as they were before the window that is being closed. Their budgets take powers and logarithms, which only a window that is odd is worth.</summary>
    private readonly struct Tails(BudgetOptions options, in TailEstimate windows, in TailEstimate spells, double testsPerWeek)
    {
        private readonly TailEstimate _windows = windows, _spells = spells;

        public AlertBudget OfWindows() => new(options, _windows, testsPerWeek);

        public AlertBudget OfSpells() => new(options, _spells, testsPerWeek);
    }
}
