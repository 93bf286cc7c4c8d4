using System.Text.Json;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Service.Training;

namespace AnomalyDetect.Service.Tests.Training;

[TestClass]
public sealed class ConfirmedSpansTests
{
    private static JsonElement Alert(string? principal, string from = "09:00", string to = "09:12", string tenant = "acme", string? driver = null) => JsonSerializer.Deserialize<JsonElement>(
        $$"""
        { "tenant_id": "{{tenant}}", "window_start": "2026-03-02T{{from}}:00Z", "window_end": "2026-03-02T{{to}}:00Z", "last_seen_at": "2026-03-02T{{to}}:00Z",
          "drivers": [{{(driver is null ? "" : $$"""{ "kind": "principal", "id": "{{driver}}" }, { "kind": "session", "id": "s1" }""")}}]{{(principal is null ? "" : $", \"principal_id\": \"{principal}\"")}} }
        """);

    private static FeatureRow Row(int minute, string? principal, string tenant = "acme") =>
        new(Symbol.Create(tenant), principal is null ? null : Symbol.Create(principal), SomeTelemetry.Monday.AddMinutes(minute).Ticks, default);

    [TestMethod]
    [DataRow(0, "mallory", "acme", true)]
    [DataRow(10, "mallory", "acme", true)]
    [DataRow(15, "mallory", "acme", false)]
    [DataRow(-5, "mallory", "acme", false)]
    [DataRow(5, null, "acme", true)]
    [DataRow(5, "ada", "acme", false)]
    [DataRow(5, "mallory", "globex", false)]
    public void An_alert_about_a_principal_covers_its_windows_and_the_tenant_s_and_nobody_else_s(int minute, string? principal, string tenant, bool covered) =>
        Assert.AreEqual(covered, new ConfirmedSpans([Alert("mallory")], 5).Covers(Row(minute, principal, tenant)));

    [TestMethod]
    public void Drivers_are_covered_and_where_nobody_is_named_everybody_is()
    {
        var driven = new ConfirmedSpans([Alert(null, driver: "mallory")], 5);
        Assert.IsTrue(driven.Covers(Row(5, "mallory")));
        Assert.IsFalse(driven.Covers(Row(5, "ada")));
        var unnamed = new ConfirmedSpans([Alert(null)], 5);
        Assert.IsTrue(unnamed.Covers(Row(5, "ada")));
        Assert.IsFalse(unnamed.Covers(Row(20, "ada")));
        Assert.IsFalse(new ConfirmedSpans([], 5).Covers(Row(5, "ada")));
    }

    [TestMethod]
    public void A_verdict_contradicts_a_confirmed_attack_of_the_same_entity_at_the_same_time()
    {
        var confirmed = new ConfirmedSpans([Alert("mallory")], 5);
        Assert.IsTrue(confirmed.Contradicts(Alert("mallory", "09:10", "09:20")));
        Assert.IsFalse(confirmed.Contradicts(Alert("mallory", "10:00", "10:20")));
        Assert.IsFalse(confirmed.Contradicts(Alert("ada")));
    }
}
