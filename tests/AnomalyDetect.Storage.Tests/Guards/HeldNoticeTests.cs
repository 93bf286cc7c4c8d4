using System.Globalization;
using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Storage.Tests.Guards;

/// <summary>Who may approve is told that a decision waits, in the transaction that makes it wait.</summary>
[TestClass]
public sealed class HeldNoticeTests
{
    [TestMethod]
    public void A_decision_that_waits_is_told_once_and_until_it_is_too_late_to_answer()
    {
        using var store = Telling();
        store.Commit("lane", 1, Suspend(1));
        store.Commit("lane", 1, Suspend(1)); // replayed
        var told = store.Outbox.Due("hook", store.Now, 10).Single();
        Assert.AreEqual((DeliveryKind.Notify, $"{Suspend(1).Id}_held", (DateTime?)store.Now.AddHours(1)), (told.Kind, told.SubjectId, told.NotAfter));
        Assert.StartsWith("1 wait: suspend_partner_token needs approval", System.Text.Encoding.UTF8.GetString(told.Body.Span));
        store.AssertWhole();
    }

    [TestMethod]
    [DataRow("approved")]
    [DataRow("refused")]
    [DataRow("too late")]
    [DataRow("halted")]
    public void What_was_not_sent_before_somebody_answered_is_not_sent(string how)
    {
        using var store = Telling();
        store.Commit("lane", 1, Suspend(1));
        switch (how)
        {
            case "approved": store.Decisions.Approve(Suspend(1).Id, "ann", "they agreed"); break;
            case "refused": store.Decisions.Refuse(Suspend(1).Id, "ann", "a good partner"); break;
            case "halted":
                store.Guards.Halt("ann", "a test", "acme");
                store.Guards.Withdraw(10);
                break;
            default:
                store.Clock.Advance(TimeSpan.FromHours(1));
                store.Decisions.Expire(store.Now, 10);
                break;
        }

        Assert.IsEmpty(store.Outbox.Due("hook", store.Now, 10));
        var told = store.Outbox.List(null, null, 0, 10).Single(d => d.Target == "hook");
        Assert.AreEqual((DeliveryState.Expired, "cancelled: the decision waits no more"), (told.State, told.Result));
        Assert.AreEqual("0", store.Scalar("SELECT count(*) FROM held_notice"));
        store.AssertWhole();
    }

    [TestMethod]
    public void What_was_sent_stays_sent_when_somebody_answers()
    {
        using var store = Telling();
        store.Commit("lane", 1, Suspend(1));
        store.Outbox.Delivered(store.Outbox.Due("hook", store.Now, 1).Single().Sequence, "answered 204");
        store.Decisions.Refuse(Suspend(1).Id, "ann", "a good partner");
        Assert.AreEqual(DeliveryState.Delivered, store.Outbox.List(null, null, 0, 10).Single().State);
        store.AssertWhole();
    }

    [TestMethod]
    public void Of_a_storm_the_first_ten_are_told_and_then_each_doubling_by_tenant()
    {
        using var store = Telling();
        store.Commit("lane", 1, [.. Enumerable.Range(1, 40).Select(Suspend)]);
        store.Commit("lane", 2, Suspend(41) with { TenantId = "globex" });
        var counts = store.Outbox.List(null, null, 0, 100).Select(d => int.Parse(System.Text.Encoding.UTF8.GetString(d.Body.Span).Split(' ')[0], CultureInfo.InvariantCulture)).ToArray();
        CollectionAssert.AreEqual(new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 32, 1 }, counts);
    }

    [TestMethod]
    public void With_no_approvers_nobody_is_told()
    {
        using var store = new TestStore(guards: new GuardOptions { Approval = new ApprovalOptions { Approvers = [] } });
        store.Targets.TellsApprovers = true;
        store.Commit("lane", 1, Suspend(1));
        Assert.IsEmpty(store.Outbox.List(null, null, 0, 10));
    }

    private static TestStore Telling()
    {
        var store = new TestStore();
        store.Targets.TellsApprovers = true;
        return store;
    }

    private static Decision Suspend(int number) => Some.Decision(number) with { Type = DecisionType.SuspendPartnerToken, Scope = DecisionScope.Partner, Value = $"partner-{number}" };
}
