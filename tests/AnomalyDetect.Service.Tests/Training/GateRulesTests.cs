using AnomalyDetect.Service.Evaluating;
using AnomalyDetect.Simulation;

namespace AnomalyDetect.Service.Tests.Training;

[TestClass]
public sealed class GateRulesTests
{
    private static AttackRecall Attack(int played, double champion, double challenger, double? before = 60, double? after = 60) =>
        new(ScenarioKind.SessionHijack, played, new Compared(champion, challenger), before, after);

    [TestMethod]
    [DataRow(40, 40, 39, true)]
    [DataRow(40, 40, 38, false)]
    [DataRow(200, 190, 186, true)]
    [DataRow(200, 190, 185, false)]
    [DataRow(40, 30, 40, true)]
    public void Recall_may_fall_by_one_attack_in_fifty_and_at_least_one(int played, int champion, int challenger, bool passes) =>
        Assert.AreEqual(passes, GateRules.Recall(played, new Compared(champion, challenger)).Passed);

    [TestMethod]
    public void No_kind_of_attack_may_be_lost_whole()
    {
        Assert.IsTrue(GateRules.NothingLost([Attack(2, 2, 1), Attack(2, 1, 0), Attack(1, 1, 0)]).Passed);
        Assert.IsFalse(GateRules.NothingLost([Attack(2, 2, 2), Attack(2, 2, 0)]).Passed);
    }

    [TestMethod]
    [DataRow(0, 0.02, true)]
    [DataRow(0, 0.03, false)]
    [DataRow(1, 1.2, true)]
    [DataRow(1, 1.3, false)]
    public void False_alerts_may_rise_by_a_fifth_and_a_few(double champion, double challenger, bool passes) =>
        Assert.AreEqual(passes, GateRules.FalseAlerts(new Compared(champion, challenger)).Passed);

    [TestMethod]
    public void Detection_may_take_a_quarter_longer_over_what_both_find()
    {
        Assert.IsTrue(GateRules.TimeToDetect([Attack(1, 1, 1, 60, 75), Attack(1, 1, 0, 60, null)]).Passed);
        Assert.IsFalse(GateRules.TimeToDetect([Attack(1, 1, 1, 60, 76)]).Passed);
        Assert.IsTrue(GateRules.TimeToDetect([]).Passed);
    }

    [TestMethod]
    public void Harm_may_not_grow_and_rarity_must_mean_what_it_says()
    {
        Assert.IsFalse(GateRules.Harm(new Compared(0, 1)).Passed);
        Assert.IsTrue(GateRules.Harm(new Compared(1, 1)).Passed);
        Assert.IsTrue(GateRules.Calibration(new Exceedance(0.001, 0, 0.005)).Passed);
        Assert.IsFalse(GateRules.Calibration(new Exceedance(0.001, 0, 0.006)).Passed);
        Assert.IsTrue(GateRules.Calibration(new Exceedance(0.001, 0.01, 0.006)).Passed, "no worse than the champion");
    }

    [TestMethod]
    public void A_model_to_which_nothing_is_rare_is_no_better_for_it()
    {
        Assert.IsTrue(GateRules.Sharpness(new Exceedance(0.01, 0.008, 0.0016)).Passed);
        Assert.IsFalse(GateRules.Sharpness(new Exceedance(0.01, 0.008, 0.0015)).Passed);
        Assert.IsTrue(GateRules.Sharpness(new Exceedance(0.01, 0.05, 0.002)).Passed, "a champion that calls too much rare is no measure");
        Assert.IsTrue(GateRules.Sharpness(new Exceedance(0.01, 0, 0)).Passed, "nothing to tell by");
    }

    [TestMethod]
    public void Series_may_alert_a_fifth_more_and_a_few_on_what_no_setting_was_chosen_by()
    {
        Assert.IsTrue(GateRules.SeriesAlerts(new Compared(0.1, 0.139)).Passed);
        Assert.IsFalse(GateRules.SeriesAlerts(new Compared(0.1, 0.15)).Passed);
    }
}
