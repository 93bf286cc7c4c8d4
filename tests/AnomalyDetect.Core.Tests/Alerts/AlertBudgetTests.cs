using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Lanes;
using CsCheck;

namespace AnomalyDetect.Core.Tests.Alerts;

[TestClass]
public sealed class AlertBudgetTests
{
    private static AlertBudget Of(double testsPerWeek, BudgetOptions? options = null) => new(options ?? new BudgetOptions(), default, testsPerWeek);

    [TestMethod]
    public void More_tests_a_week_demand_rarer_deviations() =>
        Gen.Select(Gen.Double[1, 1e6], Gen.Double[1.1, 100]).Sample((tests, times) => Assert.IsGreaterThan(Of(tests).Medium, Of(tests * times).Medium));

    [TestMethod]
    public void More_false_alerts_a_week_allow_smaller_deviations() =>
        Assert.IsLessThan(Of(10_000).Medium, Of(10_000, new BudgetOptions { MediumPerWeek = 1, LowPerWeek = 5 }).Medium);

    [TestMethod]
    public void The_further_off_the_worse()
    {
        var budget = Of(10_000);
        var steps = Enumerable.Range(0, 400).Select(i => budget.Of(3 + (i * 0.1))).ToList();
        CollectionAssert.AreEqual(steps.Order().ToList(), steps);
        CollectionAssert.AreEqual(new[] { Severity.Info, Severity.Low, Severity.Medium, Severity.High }, steps.Distinct().ToList());
        Assert.AreEqual(Severity.Medium, budget.Of(budget.Medium));
    }

    [TestMethod]
    public void A_drop_is_never_more_than_low() =>
        Gen.Double[0, 1000].Sample(z => Assert.IsTrue(Of(10_000).Of(-z) <= Severity.Low));

    [TestMethod]
    public void As_many_ordinary_windows_as_it_likes_bring_no_more_false_alerts_than_accepted()
    {
        // Exponential excesses over the threshold in 3 % of the windows, for half a year of minutes.
        var random = new Random(7);
        var tail = default(TailEstimate);
        var (alerts, windows) = (0, 26 * 7 * 24 * 60);
        for (var i = 0; i < windows; i++)
        {
            var z = random.NextDouble() < 0.03 ? TailEstimate.Threshold - (0.5 * Math.Log(1 - random.NextDouble())) : 0;
            if (z > TailEstimate.Threshold && new AlertBudget(new BudgetOptions(), tail, 7 * 24 * 60).Of(z) >= Severity.Low) alerts++;
            tail.Learn(z);
        }

        // One a week and eight families: about three and a quarter are due.
        Assert.IsLessThan(15, alerts);
    }
}

[TestClass]
public sealed class InfoAllowanceTests
{
    private static readonly long T0 = new DateTime(2026, 3, 2, 9, 0, 0, DateTimeKind.Utc).Ticks;

    private static int Taken(double perDay, double days, double everyHours)
    {
        var allowance = default(InfoAllowance);
        var taken = 0;
        for (var h = 0.0; h < days * 24; h += everyHours)
            if (allowance.Take(T0 + TimeSpan.FromHours(h).Ticks, perDay)) taken++;
        return taken;
    }

    [TestMethod]
    public void A_days_worth_at_once_and_then_no_more() => Assert.AreEqual(2, Taken(2, 0.4, 0.1));

    [TestMethod]
    public void It_refills_with_the_days() => Assert.AreEqual(2 + (2 * 9), Taken(2, 9.01, 0.1), 1);

    [TestMethod]
    public void Idle_weeks_save_up_no_more_than_a_day()
    {
        var allowance = default(InfoAllowance);
        allowance.Take(T0, 2);
        var later = T0 + TimeSpan.FromDays(30).Ticks;
        CollectionAssert.AreEqual(new[] { true, true, false }, Enumerable.Range(0, 3).Select(i => allowance.Take(later + i, 2)).ToArray());
    }

    [TestMethod]
    public void None_is_none() => Assert.AreEqual(0, Taken(0, 30, 1));

    [TestMethod]
    public void One_every_other_day_is_one_every_other_day() => Assert.AreEqual(15, Taken(0.5, 30, 1), 1);
}
