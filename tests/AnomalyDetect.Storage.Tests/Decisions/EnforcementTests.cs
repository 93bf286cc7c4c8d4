using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Storage.Tests.Decisions;

[TestClass]
public sealed class EnforcementTests
{
    [TestMethod]
    public void Reports_add_up_and_only_the_first_of_a_decision_is_a_ledger_entry()
    {
        using var store = Decided();
        Assert.IsNull(store.Decisions.Find(Id(1))!.Enforced);
        var before = store.Ledger.Head.Sequence;

        Assert.AreEqual(new EnforcementReceipt(1, 0, false), Report(store, 1, (1, Some.Time.AddSeconds(5), Some.Time.AddSeconds(9), 3)));
        Assert.AreEqual(before + 1, store.Ledger.Head.Sequence);
        Assert.AreEqual(new EnforcementReceipt(1, 0, false), Report(store, 2, (1, Some.Time.AddSeconds(2), Some.Time.AddSeconds(7), 4)));
        Assert.AreEqual(before + 1, store.Ledger.Head.Sequence);

        Assert.AreEqual(new EnforcementTally(Some.Time.AddSeconds(2), Some.Time.AddSeconds(9), 7), store.Decisions.Find(Id(1))!.Enforced);
        Assert.AreEqual(7, store.Decisions.Feed(0, null, 10).Single(e => e.Decision.Id == Id(1)).Enforced!.Count, "the feed says so too");
        var payload = store.Scalar("SELECT CAST(payload AS TEXT) FROM ledger WHERE kind = 'enforcement'");
        Assert.AreEqual($$"""{"decision_id":"{{Id(1)}}","actor":"key k1","first_at":"2026-03-02T09:00:05Z"}""", payload);
        store.AssertWhole();
    }

    [TestMethod]
    public void A_report_sent_again_is_counted_once_even_after_a_restart()
    {
        using var store = Decided();
        Report(store, 7, (1, Some.Time, Some.Time, 3));
        store.Reopen();
        Assert.AreEqual(new EnforcementReceipt(0, 0, true), Report(store, 7, (1, Some.Time, Some.Time, 3)));
        Assert.AreEqual(new EnforcementReceipt(0, 0, true), Report(store, 6, (1, Some.Time, Some.Time, 3)));
        Assert.AreEqual(3, store.Decisions.Find(Id(1))!.Enforced!.Count);
        Assert.IsFalse(Report(store, 7, "k1/other", (1, Some.Time, Some.Time, 2)).Repeated, "another instance counts for itself");
        Assert.AreEqual(5, store.Decisions.Find(Id(1))!.Enforced!.Count);
    }

    [TestMethod]
    public void Only_decisions_of_the_given_tenants_are_touched()
    {
        using var store = Decided();
        var batch = new EnforcementBatch("k1/a", 1, "key k1", [Of(1, Some.Time, Some.Time, 1), Of(2, Some.Time, Some.Time, 1), new Enforcement("nobody's", new(Some.Time, Some.Time, 1))]);
        Assert.AreEqual(new EnforcementReceipt(1, 2, false), store.Decisions.Report(batch, ["acme"]));
        Assert.IsNotNull(store.Decisions.Find(Id(1))!.Enforced);
        Assert.IsNull(store.Decisions.Find(Id(2))!.Enforced);
    }

    [TestMethod]
    public void A_dry_run_is_counted_without_a_ledger_entry()
    {
        using var store = Decided();
        var before = store.Ledger.Head;
        Report(store, 1, (3, Some.Time, Some.Time, 12));
        Assert.AreEqual(12, store.Decisions.Find(Id(3))!.Enforced!.Count);
        Assert.AreEqual(before, store.Ledger.Head);
        store.AssertWhole();
    }

    [TestMethod]
    public void A_clock_ahead_puts_no_enforcement_into_the_future()
    {
        using var store = Decided();
        Report(store, 1, (1, Some.Time.AddYears(1), Some.Time.AddYears(2), 1));
        Assert.AreEqual(new EnforcementTally(store.Now, store.Now, 1), store.Decisions.Find(Id(1))!.Enforced);
    }

    [TestMethod]
    public void The_longest_silent_reporters_make_room()
    {
        using var store = Decided();
        var kept = AnomalyDetect.Storage.Decisions.EnforcementRows.ReportersKept;
        Report(store, 5, "first", (1, Some.Time, Some.Time, 1));
        store.Sql($"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {kept})
            INSERT INTO enforcement_reporter (name, number, seen_at) SELECT 'r' || i, 1, {Some.Time.AddMinutes(1).Ticks} + i FROM n
            """);
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        Report(store, 1, "last", (1, Some.Time, Some.Time, 1));
        Assert.AreEqual($"{kept}", store.Scalar("SELECT count(*) FROM enforcement_reporter"));
        Assert.AreEqual("0", store.Scalar("SELECT count(*) FROM enforcement_reporter WHERE name IN ('first', 'r1')"));
    }

    [TestMethod]
    [DataRow("DELETE FROM decision_enforcement", "enforcement", "no longer marked as enforced")]
    [DataRow("UPDATE decision_enforcement SET count = 0", "enforcement", "no longer marked as enforced")]
    [DataRow("UPDATE decision_enforcement SET decision = '{D2}'", "enforcement", "no longer marked as enforced")]
    [DataRow("INSERT INTO decision_enforcement (decision, first_at, last_at, count) VALUES ('{D2}', 1, 1, 1)", "decision", "no entry records the enforcement")]
    public void An_enforcement_that_was_taken_away_or_made_up_is_found(string tampering, string kind, string reason)
    {
        using var store = Decided();
        Report(store, 1, (1, Some.Time, Some.Time, 1));
        Assert.AreEqual(1, store.Sql(tampering.Replace("{D2}", Id(2), StringComparison.Ordinal)));
        var verdict = store.Verify();
        StringAssert.Contains(verdict.Reason, reason);
        Assert.AreEqual(kind, store.Scalar($"SELECT kind FROM ledger WHERE sequence = {verdict.FirstBad}"));
    }

    [TestMethod]
    public void Dry_runs_are_in_the_feed_for_whoever_asks_until_they_expire()
    {
        using var store = Decided();
        CollectionAssert.AreEqual(new[] { Id(1), Id(2), Id(3) }, store.Decisions.Feed(0, null, 10, simulated: true).Select(e => e.Decision.Id).ToArray());
        Assert.AreEqual(DecisionState.Simulated, store.Decisions.Feed(2, "acme", 10, simulated: true).Single().State);
        Assert.AreEqual(Id(1), store.Decisions.Feed(0, "acme", 1, simulated: true).Single().Decision.Id);
        Assert.IsEmpty(store.Decisions.Feed(2, null, 10));
        Assert.IsFalse(store.Decisions.Feed(0, null, 10).Any(e => e.Decision.Simulated));

        store.Clock.Advance(Some.Later - Some.Time);
        Assert.IsFalse(store.Decisions.Feed(0, null, 10, simulated: true).Any(e => e.Decision.Simulated));
    }

    private static string Id(int number) => Some.Decision(number).Id;

    private static Enforcement Of(int number, DateTime first, DateTime last, long count) => new(Id(number), new EnforcementTally(first, last, count));

    private static EnforcementReceipt Report(TestStore store, long batch, params (int Number, DateTime First, DateTime Last, long Count)[] enforced) =>
        Report(store, batch, "k1/a", enforced);

    private static EnforcementReceipt Report(TestStore store, long batch, string reporter, params (int Number, DateTime First, DateTime Last, long Count)[] enforced) =>
        store.Decisions.Report(new EnforcementBatch(reporter, batch, "key k1", [.. enforced.Select(e => Of(e.Number, e.First, e.Last, e.Count))]), []);

    private static TestStore Decided()
    {
        var store = new TestStore();
        store.Commit("lane", 1, Some.Decision(1), Some.Decision(2, "globex"), Some.Decision(3, simulated: true));
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        return store;
    }
}
