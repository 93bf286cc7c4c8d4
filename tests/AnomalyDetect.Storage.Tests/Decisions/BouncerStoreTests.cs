using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Storage.Tests.Decisions;

[TestClass]
public sealed class BouncerStoreTests
{
    [TestMethod]
    public void That_a_change_is_held_is_recorded_once_and_not_of_one_that_was_overtaken()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Decision(1), Some.Decision(2));
        store.Decisions.Undo(Some.Decision(2).Id, "ann", "a test");
        VerifiedChange[] held = [new(Some.Decision(1).Id, 1, DecisionState.Active, "all 2 hold it"), new(Some.Decision(2).Id, 2, DecisionState.Active, "all 2 hold it")];
        Assert.AreEqual(1, store.Store.Bouncers.Verified(held, 2));
        Assert.AreEqual(0, store.Store.Bouncers.Verified(held, 1));
        Assert.AreEqual(1, store.Store.Bouncers.Verified([new(Some.Decision(2).Id, 3, DecisionState.Undone, "all 2 have let go of it")], 3));
        store.Reopen();
        Assert.AreEqual(3, store.Store.Bouncers.VerifiedUpTo);
        var step = store.Decisions.Life(Some.Decision(1).Id)[^1];
        Assert.AreEqual(("verified", "bouncers", "all 2 hold it"), (step.Step, step.Target, step.Reason));
        var overtaken = store.Decisions.Life(Some.Decision(2).Id).Select(s => s.Step).ToList();
        Assert.AreEqual("undo_verified", overtaken[^1]);
        Assert.DoesNotContain("verified", overtaken);
        store.AssertWhole();
    }

    [TestMethod]
    public void Bouncers_are_remembered_for_a_day_beyond_their_life()
    {
        using var store = new TestStore();
        var bouncers = store.Store.Bouncers;
        bouncers.Remember(new KnownBouncer("k1/a", ["acme", "globex"], store.Now.AddMinutes(2)));
        bouncers.Remember(new KnownBouncer("k1/b", [], store.Now.AddMinutes(2)));
        store.Clock.Advance(TimeSpan.FromHours(20));
        bouncers.Remember(new KnownBouncer("k1/b", [], store.Now.AddMinutes(2)));
        store.Reopen();
        CollectionAssert.AreEqual(new[] { "k1/a: acme,globex", "k1/b: " }, store.Store.Bouncers.Known().Select(k => $"{k.Name}: {string.Join(',', k.Tenants)}").ToArray());
        store.Clock.Advance(TimeSpan.FromHours(5));
        store.Store.Bouncers.Remember(new KnownBouncer("k1/c", [], store.Now.AddMinutes(2)));
        CollectionAssert.AreEqual(new[] { "k1/b", "k1/c" }, store.Store.Bouncers.Known().Select(k => k.Name).ToArray());
    }
}
