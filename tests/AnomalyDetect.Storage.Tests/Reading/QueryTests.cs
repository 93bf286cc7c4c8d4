using System.Text;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Storage.Tests.Reading;

[TestClass]
public sealed class QueryTests
{
    [TestMethod]
    public void Alerts_come_newest_first_filtered_by_tenant_and_time_at_their_latest_revision()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Alert(1), Some.Alert(2, tenant: "b"), Some.Alert(3), Some.Alert(1, 2));
        var queries = store.Store.Queries;
        CollectionAssert.AreEqual(new[] { 3, 2, 1 }, Numbers(queries.Alerts(new AlertQuery())));
        CollectionAssert.AreEqual(new[] { 3, 1 }, Numbers(queries.Alerts(new AlertQuery { TenantId = "acme" })));
        CollectionAssert.AreEqual(new[] { 3, 2 }, Numbers(queries.Alerts(new AlertQuery { Since = Some.Time.AddSeconds(2) })));
        CollectionAssert.AreEqual(new[] { 3 }, Numbers(queries.Alerts(new AlertQuery { Most = 1 })));
        Assert.IsEmpty(queries.Alerts(new AlertQuery { TenantId = "nobody" }));
        Assert.IsEmpty(queries.Alerts(new AlertQuery { Most = -1 }));
        StringAssert.Contains(Encoding.UTF8.GetString(queries.Alerts(new AlertQuery())[2].Json.Span), "\"revision\":2");
        Assert.IsNull(queries.Alert("unknown"));
    }

    [TestMethod]
    public void Open_and_resolved_alerts_are_told_apart_by_their_latest_revision()
    {
        using var store = new TestStore();
        var over = Some.Alert(1, 2) with { State = AlertState.Resolved, Resolution = AlertResolution.Quiet, ResolvedAt = Some.Later };
        store.Commit("lane", 1, Some.Alert(1), Some.Alert(2, tenant: "b"), Some.Alert(3), over);
        var queries = store.Store.Queries;
        CollectionAssert.AreEqual(new[] { 3, 2 }, Numbers(queries.Alerts(new AlertQuery { State = AlertState.Open })));
        CollectionAssert.AreEqual(new[] { 2 }, Numbers(queries.Alerts(new AlertQuery { TenantId = "b", State = AlertState.Open })));
        CollectionAssert.AreEqual(new[] { 1 }, Numbers(queries.Alerts(new AlertQuery { TenantId = "acme", State = AlertState.Resolved })));
        Assert.IsEmpty(queries.Alerts(new AlertQuery { Since = Some.Time.AddSeconds(2), State = AlertState.Resolved }));
    }

    [TestMethod]
    public void Totals_count_alerts_not_revisions_and_what_was_delivered()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Alert(1), Some.Alert(1, 2), Some.Decision(1), Some.Decision(2));
        store.Outbox.Delivered(store.Outbox.Due("redis", store.Now, 1).Single().Sequence, "enforced");
        Assert.AreEqual((1L, 2L, 1L), store.Store.Queries.Totals());
    }

    private static int[] Numbers(IReadOnlyList<StoredAlert> alerts) =>
        [.. alerts.Select(a => System.Text.Json.JsonDocument.Parse(a.Json).RootElement.GetProperty("id").GetString()!).Select(id => Convert.ToInt32(id, 16))];
}
