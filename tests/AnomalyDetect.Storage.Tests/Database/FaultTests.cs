namespace AnomalyDetect.Storage.Tests.Database;

[TestClass]
public sealed class FaultTests
{
    [TestMethod]
    public void A_full_disk_leaves_nothing_written_and_the_same_commit_goes_through_once_there_is_room()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Alert(1));
        var head = store.Ledger.Head;
        object[] many = [.. Enumerable.Range(2, 400).SelectMany(i => new object[] { Some.Alert(i), Some.Notification(Some.Alert(i)), Some.Decision(i) })];

        var pages = long.Parse(store.Scalar("PRAGMA page_count"), System.Globalization.CultureInfo.InvariantCulture);
        store.Store.Database.Write(session => session.Execute($"PRAGMA max_page_count = {pages + 20}"));
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var e = Assert.ThrowsExactly<StoreException>(() => store.Commit("lane", 2, many));
            Assert.AreEqual(StoreProblem.Full, e.Problem);
            StringAssert.Contains(e.Message, "free space");
            StringAssert.Contains(e.Message, store.File);
        }

        Assert.AreEqual(head, store.Ledger.Head);
        Assert.AreEqual(1, store.Lanes.Load("lane")!.OutcomeOffset);
        Assert.IsEmpty(store.Outbox.List(null, null, 0, 10));
        store.AssertWhole();

        store.Store.Database.Write(session => session.Execute("PRAGMA max_page_count = 1000000"));
        store.Commit("lane", 2, many);
        Assert.AreEqual(1 + 1200, store.Ledger.Head.Sequence);
        Assert.AreEqual(2, store.Lanes.Load("lane")!.OutcomeOffset);
        store.AssertWhole();
    }

    [TestMethod]
    public void A_store_locked_by_another_says_so_and_can_still_be_read()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Alert(1));
        using (var other = store.Raw())
        {
            using var command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            command.ExecuteNonQuery();
            var e = Assert.ThrowsExactly<StoreException>(() => store.Commit("lane", 2, Some.Alert(2)));
            Assert.AreEqual(StoreProblem.Busy, e.Problem);
            StringAssert.Contains(e.Message, "another process");
            Assert.AreEqual(1, store.Store.Queries.Totals().Alerts);
        }

        store.Commit("lane", 2, Some.Alert(2));
        store.AssertWhole();
    }

    [TestMethod]
    public void A_store_that_may_not_be_written_says_so_and_can_still_be_read()
    {
        using var store = new TestStore();
        store.Store.Database.Write(session => session.Execute("PRAGMA query_only = ON"));
        var e = Assert.ThrowsExactly<StoreException>(() => store.Commit("lane", 1, Some.Alert(1)));
        Assert.AreEqual(StoreProblem.ReadOnly, e.Problem);
        StringAssert.Contains(e.Message, "permission");
        Assert.AreEqual(0, store.Ledger.Head.Sequence);
    }

    [TestMethod]
    public void A_damaged_store_says_so()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Alert(1));
        store.Store.Dispose();
        var bytes = File.ReadAllBytes(store.File);
        Array.Fill(bytes, (byte)0xEE, 4096, bytes.Length - 4096);
        File.WriteAllBytes(store.File, bytes);
        var e = Assert.ThrowsExactly<StoreException>(() =>
        {
            using var damaged = store.Open();
            damaged.Ledger.Verify(null, CancellationToken.None);
        });
        Assert.AreEqual(StoreProblem.Corrupt, e.Problem);
        StringAssert.Contains(e.Message, "backup");
    }

    [TestMethod]
    public void A_call_after_the_store_was_closed_is_refused()
    {
        using var store = new TestStore();
        store.Store.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => store.Commit("lane", 1));
        Assert.ThrowsExactly<ObjectDisposedException>(() => store.Ledger.Head);
        store.Store.Dispose();
    }

    [TestMethod]
    public void Many_may_read_and_write_at_once()
    {
        using var store = new TestStore();
        Parallel.For(0, 200, i =>
        {
            if (i % 4 == 0) store.Commit($"lane-{i}", i, Some.Alert(i), Some.Decision(i));
            else if (i % 4 == 1) store.Ledger.RecordOperator("ann", "note", $"{i}", "");
            else if (i % 4 == 2) store.AssertWhole();
            else foreach (var d in store.Outbox.Due("redis", store.Now, 3)) store.Outbox.Delivered(d.Sequence, "enforced");
        });
        Assert.AreEqual(50, store.Store.Queries.Totals().Alerts);
        store.AssertWhole();
    }
}
