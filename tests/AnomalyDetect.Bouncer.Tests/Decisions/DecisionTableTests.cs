using AnomalyDetect.Bouncer.Decisions;
using CsCheck;

namespace AnomalyDetect.Bouncer.Tests.Decisions;

[TestClass]
public sealed class DecisionTableTests
{
    [TestMethod]
    public void It_holds_what_was_put_in_and_not_taken_out()
    {
        var all = Enumerable.Range(0, 30).Select(i => Some.Held(Some.Decision(DecisionType.StepUp, DecisionScope.Principal, $"p{i % 5}"))).ToArray();
        Gen.Select(Gen.Bool, Gen.Int[0, 29]).Array[1, 100].Sample(steps =>
        {
            var table = new DecisionTable(1000);
            var model = new HashSet<HeldDecision>();
            foreach (var (put, i) in steps)
            {
                if (put) table.Put(all[i]);
                else table.Remove(all[i].Id);
                if (put) model.Add(all[i]);
                else model.Remove(all[i]);
            }

            Assert.AreEqual(model.Count, table.Count);
            foreach (var subject in all.GroupBy(d => d.Key)) CollectionAssert.AreEquivalent(subject.Where(model.Contains).ToArray(), table.Of(subject.Key));
        });
    }

    [TestMethod]
    public void What_is_beyond_its_bound_is_turned_away_and_nobody_is_dropped_for_it()
    {
        var table = new DecisionTable(10);
        var held = Enumerable.Range(0, 12).Select(i => Some.Held(Some.Block($"203.0.113.{i}"))).ToArray();
        foreach (var decision in held) table.Put(decision);
        Assert.AreEqual((10, 2), (table.Count, table.TurnedAway));
        Assert.HasCount(1, table.Of(held[0].Key));
        Assert.IsEmpty(table.Of(held[11].Key));
        Assert.IsFalse(table.HasRoomAgain);
        foreach (var decision in held[..2]) table.Remove(decision.Id);
        Assert.IsTrue(table.HasRoomAgain);
    }

    [TestMethod]
    public void A_sweep_lets_go_of_what_has_expired()
    {
        var table = new DecisionTable(10);
        var (soon, later) = (Some.Held(Some.Block(expiresAt: Some.Time.AddMinutes(1))), Some.Held(Some.Block("203.0.113.10")));
        table.Put(soon);
        table.Put(later);
        table.Sweep(Some.Time.AddMinutes(1));
        Assert.AreEqual(1, table.Count);
        Assert.IsEmpty(table.Of(soon.Key));
    }

    [TestMethod]
    public void A_decision_that_cannot_be_carried_out_is_not_held()
    {
        Decision[] wrong =
        [
            Some.Decision(DecisionType.BlockIp, DecisionScope.Principal, "ada"), Some.Decision(DecisionType.SuspendPartnerToken, DecisionScope.Principal, "ada"),
            Some.Decision(DecisionType.RateLimit, DecisionScope.Principal, "ada"), Some.Decision(DecisionType.RateLimit, DecisionScope.Principal, "ada", limit: 0, per: 60),
            Some.Decision(DecisionType.RateLimit, DecisionScope.Principal, "ada", limit: 5, per: -1), Some.Block("nowhere"), Some.Block("1"), Some.Block("203.0.113.0/24"),
            Some.Block("2001:db8::/32"), Some.Block("2001:db8:0:0:1::/64") with { Value = "2001:db8::%1/64" }, Some.Block(tenant: ""),
            Some.Decision(DecisionType.StepUp, DecisionScope.Principal, ""), Some.Decision((DecisionType)99, DecisionScope.Principal, "ada"),
        ];
        foreach (var decision in wrong) Assert.IsNull(HeldDecision.Of(decision, false, 1, TimeProvider.System), decision.ToString());
    }
}
