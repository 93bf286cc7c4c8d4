using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using CsCheck;

namespace AnomalyDetect.Storage.Tests.Guards;

/// <summary>The life of decisions and the guards under what a disk and a crash can do.</summary>
[TestClass]
public sealed class GuardCrashTests
{
    [TestMethod]
    public void A_log_torn_at_any_byte_leaves_each_call_whole_or_undone_and_a_halt_is_carried_on_with()
    {
        using var store = new TestStore();
        store.Reopen(); // the schema is in the database file, the calls are in the WAL
        Live(store);
        var (wal, database) = (File.ReadAllBytes(store.File + "-wal"), File.ReadAllBytes(store.File));
        var seen = new HashSet<long>();
        Gen.Int[0, wal.Length].Sample(
            length =>
            {
                var folder = Directory.CreateDirectory(Path.Combine(store.Folder, $"torn-{length}")).FullName;
                var file = Path.Combine(folder, "store.db");
                File.WriteAllBytes(file, database);
                File.WriteAllBytes(file + "-wal", wal[..length]);
                using (var left = store.Open(file))
                {
                    Assert.IsNull(left.Ledger.Verify(null, CancellationToken.None).FirstBad);
                    seen.Add(left.Ledger.Head.Sequence);
                    Assert.AreEqual(Calls(left, "enforcement_halt") > Calls(left, "enforcement_resume"), left.Guards.Halted is not null);
                    Assert.AreEqual(Calls(left, "protection_add") - Calls(left, "protection_remove"), left.Guards.Protections.Count);
                    if (left.Guards.Halted is not null)
                    {
                        Assert.IsEmpty(left.Decisions.Feed(0, null, 100));
                        while (left.Guards.Withdraw(1) > 0)
                        {
                        }

                        Assert.IsEmpty(left.Decisions.Active(store.Now));
                        Assert.IsEmpty(left.Decisions.Held(null, 10));
                    }

                    // Whatever is in force is on its way or was sent; whatever is not has nothing on its way but its undo.
                    var inForce = left.Decisions.Active(store.Now).Select(e => e.Decision.Id).ToHashSet();
                    foreach (var delivery in left.Outbox.List(DeliveryState.Pending, null, 0, 100).Where(d => d.Kind == DeliveryKind.Enforce))
                        Assert.IsTrue(inForce.Contains(delivery.SubjectId) || left.Outbox.List(DeliveryState.Pending, null, 0, 100).Any(d => d.Kind == DeliveryKind.Undo && d.SubjectId == delivery.SubjectId), delivery.Id);
                    Assert.IsNull(left.Ledger.Verify(null, CancellationToken.None).FirstBad);
                }

                Directory.Delete(folder, recursive: true);
            },
            iter: 80, threads: 1);
        Assert.IsGreaterThan(5, seen.Count, "the cuts fell between different calls");
    }

    [TestMethod]
    public void A_store_that_cannot_write_changes_nothing_and_the_same_calls_go_through_later()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Suspend(1), Block(2));
        var head = store.Ledger.Head;
        using (var other = store.Raw())
        {
            using var command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            command.ExecuteNonQuery();
            Assert.ThrowsExactly<StoreException>(() => store.Decisions.Approve(Suspend(1).Id, "ann", "yes"));
            Assert.ThrowsExactly<StoreException>(() => store.Guards.Protect(null, DecisionScope.Address, "203.0.113.0/24", null, "ann", "ours"));
            Assert.ThrowsExactly<StoreException>(() => store.Guards.Halt("ann", "stop"));
        }

        Assert.AreEqual(head, store.Ledger.Head);
        Assert.IsNull(store.Guards.Halted);
        Assert.IsNull(store.Guards.WhyProtected(Block(2), store.Now), "what is not on record protects nothing");
        Assert.AreEqual(DecisionState.Active, store.Decisions.Approve(Suspend(1).Id, "ann", "yes")!.State);
        Assert.AreEqual(1, store.Guards.Protect(null, DecisionScope.Address, "203.0.113.0/24", null, "ann", "ours")!.Undone);
        Assert.IsTrue(store.Guards.Halt("ann", "stop"));
        store.AssertWhole();
    }

    private static void Live(TestStore store)
    {
        store.Commit("lane", 1, Suspend(1), Suspend(2), Block(3), Block(4), Block(5));
        store.Outbox.Delivered(store.Outbox.Due("redis", store.Now, 1).Single().Sequence, "enforced", "its key holds the decision");
        store.Decisions.Approve(Suspend(1).Id, "ann", "yes");
        store.Decisions.Undo(Block(3).Id, "ann", "no");
        var protection = store.Guards.Protect("acme", DecisionScope.Address, "203.0.113.4", null, "ann", "ours")!.Protection;
        store.Commit("lane", 2, Block(6), Block(7));
        store.Guards.Halt("ann", "stop");
        while (store.Guards.Withdraw(2) > 0)
        {
        }

        store.Guards.Unprotect(protection.Id, "ann", "moved");
        store.Guards.Resume("ann", "go");
        store.Commit("lane", 3, Block(8));
        store.AssertWhole();
    }

    private static int Calls(Store store, string action) => store.Database.Read(session => (int)session[
        "SELECT count(*) FROM ledger WHERE kind = 'operator' AND json_extract(CAST(payload AS TEXT), '$.action') = $1"].Number(action)!.Value);

    private static Decision Block(int number) => Some.Decision(number) with { Value = $"203.0.113.{number}" };

    private static Decision Suspend(int number) => Some.Decision(number) with { Type = DecisionType.SuspendPartnerToken, Scope = DecisionScope.Partner, Value = $"partner-{number}" };
}
