using AnomalyDetect.Core.Ledger;

namespace AnomalyDetect.Storage.Tests.Chain;

[TestClass]
public sealed class LedgerTests
{
    private static readonly string Zeros = new('0', 64);

    [TestMethod]
    public void An_empty_ledger_is_whole_and_its_head_is_the_genesis()
    {
        using var store = new TestStore();
        Assert.AreEqual((0L, Zeros), (store.Ledger.Head.Sequence, store.Ledger.Head.Head));
        Assert.AreEqual((0L, Zeros, (long?)null), Parts(store.Verify(Zeros)));
    }

    [TestMethod]
    public void The_chain_holds_over_every_kind_of_entry_and_a_restart()
    {
        using var store = Life.Lived();
        CollectionAssert.AreEquivalent(
            new[]
            {
                "acknowledgement", "alert", "decision", "decision_end", "decision_step", "delivery", "enforcement", "escalation", "operator", "playbook", "verdict",
            }, store.Dump("DISTINCT kind", "ledger").Split('\n'));
        var head = store.Ledger.Head;
        store.Reopen();
        Assert.AreEqual((head.Sequence, head.Head, (long?)null), Parts(store.Verify(head.Head)));
        store.Ledger.RecordOperator("ann", "export", "ledger", "");
        Assert.AreEqual(head.Sequence + 1, store.Ledger.Head.Sequence);
        Assert.IsNull(store.Verify(head.Head.ToUpperInvariant()).FirstBad, "an earlier head is still some entry's hash");
    }

    [TestMethod]
    public void A_stored_hash_is_what_cores_arithmetic_gives()
    {
        using var store = new TestStore();
        store.Ledger.RecordOperator("ann", "export", "ledger", "all of it");
        var payload = """{"actor":"ann","action":"export","subject":"ledger","details":"all of it"}"""u8;
        var hash = LedgerChain.Hash(LedgerChain.Genesis, 1, Some.Time, "operator", "ledger", System.Security.Cryptography.SHA256.HashData(payload));
        Assert.AreEqual(Convert.ToHexStringLower(hash), store.Ledger.Head.Head);
    }

    [TestMethod]
    public void A_cut_tail_shows_against_a_head_printed_earlier()
    {
        using var store = new TestStore();
        for (var i = 0; i < 5; i++) store.Ledger.RecordOperator("ann", "note", $"{i}", "");
        var head = store.Ledger.Head.Head;
        store.Sql("DELETE FROM ledger WHERE sequence > 3");
        Assert.IsNull(store.Verify().FirstBad, "without a head kept elsewhere nothing is left to tell");
        var verdict = store.Verify(head);
        Assert.AreEqual(4, verdict.FirstBad);
        StringAssert.Contains(verdict.Reason, "tail was cut");
    }

    [TestMethod]
    public void A_cut_tail_shows_by_itself_where_alerts_or_decisions_stay_behind()
    {
        using var store = Life.Lived();
        var last = store.Ledger.Head.Sequence;
        store.Sql($"DELETE FROM ledger WHERE sequence = {last}");
        Assert.AreEqual(last, store.Verify().FirstBad);
    }

    [TestMethod]
    public void A_missing_entry_is_named()
    {
        using var store = Life.Lived();
        store.Sql("DELETE FROM ledger WHERE sequence = 4");
        var verdict = store.Verify();
        Assert.AreEqual((3L, 4L), (verdict.Entries, verdict.FirstBad));
        StringAssert.Contains(verdict.Reason, "entry 4 is missing");
    }

    [TestMethod]
    [DataRow("DELETE FROM alert_revision WHERE revision = 2", "alert", "is gone")]
    [DataRow("DELETE FROM decision WHERE id = '{D1}'", "decision", "is gone")]
    [DataRow("UPDATE decision SET tenant_id = 'nobody' WHERE id = '{D1}'", "decision", "something else")]
    [DataRow("UPDATE decision SET expires_at = 0 WHERE id = '{D1}'", "decision", "something else")]
    [DataRow("UPDATE decision SET state = 1, feed_sequence = NULL WHERE id = '{D1}'", "decision", "something else")]
    [DataRow("UPDATE decision SET state = 2 WHERE id = '{D1}'", "decision", "no entry records the end")]
    [DataRow("UPDATE decision SET state = 0, end_entry = NULL WHERE id = '{D2}'", "decision_end", "no longer marked as ended")]
    [DataRow("DELETE FROM alert WHERE id = '{A1}'", "alert", "an earlier revision, or none")]
    [DataRow("UPDATE alert SET tenant_id = 'nobody' WHERE id = '{A1}'", "alert", "another revision or tenant")]
    [DataRow("UPDATE alert SET state = 1 WHERE id = '{A1}'", "alert", "its latest revision contradicts")]
    [DataRow("UPDATE ledger SET payload = NULL WHERE kind = 'operator'", "operator", "is gone")]
    [DataRow("UPDATE ledger SET payload = CAST(replace(CAST(payload AS TEXT), 'ben', 'bob') AS BLOB) WHERE kind = 'verdict' AND CAST(payload AS TEXT) LIKE '%ben%migration%'", "verdict", "was altered")]
    [DataRow("DELETE FROM verdict WHERE verdict = 1", "verdict", "is gone, or another")]
    [DataRow("UPDATE verdict SET verdict = 0 WHERE verdict = 2", "verdict", "is gone, or another")]
    [DataRow("UPDATE alert SET verdict = 1 WHERE id = '{A1}'", "alert", "another verdict than the latest")]
    public void A_row_that_no_longer_says_what_was_recorded_is_found_at_its_entry(string tampering, string kind, string reason)
    {
        using var store = Life.Lived();
        var sql = tampering.Replace("{D1}", Some.Decision(1).Id, StringComparison.Ordinal)
            .Replace("{D2}", Some.Decision(2).Id, StringComparison.Ordinal).Replace("{A1}", Some.Id(1), StringComparison.Ordinal);
        Assert.AreEqual(1, store.Sql(sql));
        var verdict = store.Verify();
        StringAssert.Contains(verdict.Reason, reason);
        Assert.AreEqual(kind, store.Scalar($"SELECT kind FROM ledger WHERE sequence = {verdict.FirstBad}"));
    }

    [TestMethod]
    [DataRow("INSERT INTO alert_revision (entry, alert_id, revision, json) VALUES (999, 'x', 1, x'00')", "no entry records the alert revision x_1")]
    [DataRow("INSERT INTO decision (entry, id, tenant_id, expires_at, state, feed_sequence, json) VALUES (999, 'y', 't', 1, 0, 77, x'00')", "no entry records the decision y")]
    [DataRow("INSERT INTO verdict (entry, alert_id, verdict) VALUES (999, 'z', 0)", "no entry records the verdict on z")]
    public void A_row_written_past_the_ledger_is_found(string sql, string reason)
    {
        using var store = Life.Lived();
        store.Sql(sql);
        var verdict = store.Verify();
        Assert.AreEqual(verdict.Entries + 1, verdict.FirstBad);
        Assert.AreEqual(reason, verdict.Reason);
    }

    [TestMethod]
    public void A_head_that_is_none_is_refused()
    {
        using var store = new TestStore();
        Assert.ThrowsExactly<ArgumentException>(() => store.Verify("not a head"));
        Assert.AreEqual(1, store.Verify(new string('a', 64)).FirstBad);
    }

    [TestMethod]
    public void Any_text_an_operator_gives_can_be_recorded_and_verified()
    {
        using var store = new TestStore();
        foreach (var text in new[] { "", "naïve ☃ 😀", "a\0b", "\ud800 half a pair", new string('x', 100_000), "'; DROP TABLE ledger; --" })
            store.Ledger.RecordOperator(text, text, text, text);
        store.AssertWhole();
        Assert.AreEqual(6, store.Ledger.Head.Sequence);
    }

    [TestMethod]
    public void A_walk_can_be_called_off()
    {
        using var store = Life.Lived();
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsExactly<OperationCanceledException>(() => store.Ledger.Verify(null, source.Token));
        store.AssertWhole();
    }

    private static (long, string, long?) Parts(Core.Persistence.LedgerVerdict v) => (v.Entries, v.Head, v.FirstBad);
}
