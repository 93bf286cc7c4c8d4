using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Storage.Tests.Verdicts;

[TestClass]
public sealed class VerdictTests
{
    [TestMethod]
    public void The_latest_verdict_counts_and_the_earlier_ones_stay()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Alert(1), Some.Alert(2), Some.Alert(3));
        var (verdicts, queries) = (store.Store.Verdicts, store.Store.Queries);
        verdicts.Give(Some.Id(1), Verdict.FalsePositive, "ann", "an office on one address");
        store.Commit("lane", 2, Some.Alert(1, 2));
        store.Clock.Advance(TimeSpan.FromHours(1));
        var second = verdicts.Give(Some.Id(1), Verdict.TruePositive, "ben", "it was not our office");
        Assert.AreEqual(new AlertVerdict(Some.Id(1), 2, "acme", Verdict.TruePositive, "it was not our office", "ben", Some.Time.AddHours(1)), second);

        CollectionAssert.AreEqual(
            new[] { Verdict.FalsePositive, Verdict.TruePositive }, verdicts.Of(Some.Id(1)).Select(v => Parse(v).Verdict).ToArray());
        Assert.AreEqual(second, Parse(queries.Alert(Some.Id(1))!.Verdict!.Value));
        Assert.IsEmpty(queries.Alerts(new AlertQuery { Verdict = Verdict.FalsePositive }), "it counts no more");
        Assert.HasCount(1, queries.Alerts(new AlertQuery { Verdict = Verdict.TruePositive, TenantId = "acme" }));
        Assert.HasCount(2, queries.Alerts(new AlertQuery { Unjudged = true }));
        store.AssertWhole();
    }

    [TestMethod]
    public void A_later_revision_of_the_alert_keeps_its_verdict()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Alert(1));
        store.Store.Verdicts.Give(Some.Id(1), Verdict.Benign, "ann", "a load test");
        store.Commit("lane", 2, Some.Alert(1, 2) with { State = AlertState.Resolved });
        store.Reopen();
        Assert.AreEqual(Verdict.Benign, Parse(store.Store.Queries.Alert(Some.Id(1))!.Verdict!.Value).Verdict);
        store.AssertWhole();
    }

    [TestMethod]
    public void An_alert_that_is_not_there_takes_no_verdict_and_nothing_is_recorded()
    {
        using var store = new TestStore();
        Assert.IsNull(store.Store.Verdicts.Give("nothing", Verdict.Benign, "ann", "why not"));
        Assert.AreEqual(0, store.Ledger.Head.Sequence);
        Assert.IsEmpty(store.Store.Verdicts.Of("nothing"));
    }

    private static AlertVerdict Parse(ReadOnlyMemory<byte> json) => JsonSerializer.Deserialize(json.Span, CoreJson.Default.AlertVerdict)!;
}
