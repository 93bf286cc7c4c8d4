using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Storage.Tests.Reading;

[TestClass]
public sealed class AlertPagingTests
{
    [TestMethod]
    public void Pages_neither_repeat_nor_skip_while_newer_alerts_come_in()
    {
        using var store = new TestStore();
        // Some of one moment: the id decides.
        for (var i = 0; i < 10; i++) store.Commit("lane", i + 1, Some.Alert(i) with { DetectedAt = Some.Time.AddSeconds(i / 3) });
        var seen = new List<string>();
        AlertCursor? after = null;
        while (store.Store.Queries.Alerts(new AlertQuery { After = after, Most = 3 }) is { Count: > 0 } page)
        {
            seen.AddRange(page.Select(a => a.Cursor.Id));
            after = page[^1].Cursor;
            store.Commit("lane", 100 + seen.Count, Some.Alert(100 + seen.Count) with { DetectedAt = Some.Later });
        }

        CollectionAssert.AreEqual(Enumerable.Range(0, 10).Reverse().Select(Some.Id).ToArray(), seen);
    }

    [TestMethod]
    public void Alerts_are_chosen_by_tenant_signal_severity_entity_and_time()
    {
        using var store = new TestStore();
        store.Commit(
            "lane", 1, Some.Alert(1), Some.Alert(2, tenant: "globex") with { Severity = Severity.Low },
            Some.Alert(3, tenant: "initech") with { Signal = Signal.InvalidClaimInjection, EntityKind = EntityKind.Address, PrincipalId = null, SourceIp = "203.0.113.9" });
        void Are(AlertQuery query, params int[] expected) =>
            CollectionAssert.AreEqual(expected.Select(Some.Id).ToArray(), store.Store.Queries.Alerts(query).Select(a => a.Cursor.Id).ToArray());

        Are(new AlertQuery(), 3, 2, 1);
        Are(new AlertQuery { Tenants = ["acme", "globex"] }, 2, 1);
        Are(new AlertQuery { Tenants = ["acme", "globex"], TenantId = "globex" }, 2);
        Are(new AlertQuery { Signal = Signal.InvalidClaimInjection }, 3);
        Are(new AlertQuery { MinimumSeverity = Severity.High }, 3, 1);
        Are(new AlertQuery { EntityKind = EntityKind.Principal }, 2, 1);
        Are(new AlertQuery { Entity = "user-2" }, 2);
        Are(new AlertQuery { Entity = "user" });
        Are(new AlertQuery { Text = "user" }, 2, 1);
        Are(new AlertQuery { Text = "0.113" }, 3);
        Are(new AlertQuery { Text = "%" });
        Are(new AlertQuery { Since = Some.Time.AddSeconds(2), Until = Some.Time.AddSeconds(2) }, 2);
    }
}
