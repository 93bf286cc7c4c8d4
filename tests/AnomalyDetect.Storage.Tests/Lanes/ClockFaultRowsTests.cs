using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Lanes;

namespace AnomalyDetect.Storage.Tests.Lanes;

[TestClass]
public sealed class ClockFaultRowsTests
{
    private static readonly DateTime T = Some.Time.AddMinutes(10);

    [TestMethod]
    public void Each_tenant_and_kind_is_one_row_with_all_that_was_noticed_of_it()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.ClockFault(T, late: 20));
        store.Commit("lane", 2, Some.ClockFault(T.AddMinutes(1), ahead: 25, tenant: "globex"));
        store.Commit("lane", 3, Some.ClockFault(T.AddHours(3), late: 30, ahead: 12, minutes: 3, example: "e2"));
        store.Reopen();

        var rows = All(store);
        CollectionAssert.AreEqual(
            new[] { ("acme", ClockFaultKind.Ahead), ("acme", ClockFaultKind.Late), ("globex", ClockFaultKind.Ahead) }, rows.Select(r => (r.TenantId, r.Kind)).ToArray(), "noticed last first");
        Assert.AreEqual(
            new StoredClockFault(rows[1].Sequence, "acme", ClockFaultKind.Late, T, T.AddHours(3), 2, 50, TimeSpan.FromMinutes(4), "e2"), rows[1], "the worst is the first hour's, the example the latest's");
        Assert.AreEqual(new StoredClockFault(rows[0].Sequence, "acme", ClockFaultKind.Ahead, T.AddHours(3), T.AddHours(3), 1, 12, TimeSpan.FromMinutes(3), "e2"), rows[0]);
        store.AssertWhole();
    }

    [TestMethod]
    public void A_commit_made_again_counts_nothing_again()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.ClockFault(T, late: 20));
        var before = All(store).Single();
        store.Commit("lane", 1, Some.ClockFault(T, late: 20));
        store.Reopen();
        store.Commit("lane", 1, Some.ClockFault(T, late: 20));
        Assert.AreEqual(before, All(store).Single());
    }

    [TestMethod]
    [DataRow(20, 20, DisplayName = "as many as before")]
    [DataRow(26, 26, DisplayName = "more")]
    [DataRow(3, 20, DisplayName = "fewer of this kind")]
    public void What_a_restart_notices_of_an_hour_again_is_that_hours(int again, int events)
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.ClockFault(T, late: 20));
        store.Commit("lane", 9, Some.ClockFault(T.AddMinutes(20), late: again, minutes: 7, example: "e2"));
        var row = All(store).Single();
        Assert.AreEqual((1L, (long)events, T, T.AddMinutes(20), TimeSpan.FromMinutes(7), "e2"), (row.Hours, row.Events, row.FirstSeen, row.LastSeen, row.Worst, row.EventId));
        store.Commit("lane", 10, Some.ClockFault(T.AddHours(1), late: 20));
        Assert.AreEqual((2L, events + 20L), (All(store).Single().Hours, All(store).Single().Events));
    }

    [TestMethod]
    public void An_hour_before_the_latest_is_not_counted()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.ClockFault(T, late: 20));
        var before = All(store).Single();
        store.Commit("other", 1, Some.ClockFault(T.AddHours(-1), late: 20));
        Assert.AreEqual(before, All(store).Single());
    }

    [TestMethod]
    public void What_was_noticed_last_is_kept()
    {
        using var store = new TestStore();
        var many = Enumerable.Range(0, ClockFaultRows.Kept).Select(i => (object)Some.ClockFault(T, late: 20, tenant: $"t{i}")).ToArray();
        store.Commit("lane", 1, many);
        store.Commit("lane", 2, Some.ClockFault(T.AddHours(1), late: 20, tenant: "t0"), Some.ClockFault(T.AddHours(1), ahead: 20, tenant: "new"));
        var rows = All(store);
        Assert.HasCount(ClockFaultRows.Kept, rows);
        CollectionAssert.AreEqual(new[] { "new", "t0" }, rows.Take(2).Select(r => r.TenantId).ToArray());
        Assert.AreEqual("t2", rows[^1].TenantId, "t1 had to go");
    }

    [TestMethod]
    public void They_are_read_page_by_page_and_of_the_tenants_asked_for()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, [.. Enumerable.Range(0, 5).Select(i => (object)Some.ClockFault(T.AddMinutes(i), late: 20, tenant: $"t{i}"))]);
        var queries = store.Store.Queries;
        var first = queries.ClockFaults([], null, 2);
        CollectionAssert.AreEqual(new[] { "t4", "t3" }, first.Select(r => r.TenantId).ToArray());
        store.Commit("lane", 2, Some.ClockFault(T.AddHours(1), late: 20, tenant: "t9"));
        CollectionAssert.AreEqual(new[] { "t2", "t1" }, queries.ClockFaults([], first[^1].Sequence, 2).Select(r => r.TenantId).ToArray(), "what comes meanwhile moves no page");
        CollectionAssert.AreEqual(new[] { "t3", "t0" }, queries.ClockFaults(["t0", "t3", "nobody"], null, 10).Select(r => r.TenantId).ToArray());
        Assert.IsEmpty(queries.ClockFaults([], null, -1));
    }

    private static IReadOnlyList<StoredClockFault> All(TestStore store) => store.Store.Queries.ClockFaults([], null, 100_000);
}
