using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Formats;

namespace AnomalyDetect.Simulation.Tests;

/// <summary>Every event is read with System.Text.Json and held against the contract's table as the design prints it.</summary>
[TestClass]
public sealed partial class NativeContractTests
{
    private static readonly string[] Order =
    [
        "id", "time", "tenant_id", "type", "outcome", "principal_id", "session_id", "token_id", "device_id", "source_ip", "user_agent", "country", "asn",
        "target_tenant_id", "partner_id", "delegation_id", "scope", "tenant_context_id", "reason", "resource", "method", "status", "duration_ms", "bytes",
        "count", "internal",
    ];

    private static readonly string[] Types =
    [
        "login", "logout", "session_start", "api_call", "token_validation", "token_issue", "mfa_challenge", "delegation_grant", "delegation_use",
        "policy_decision", "config_change",
    ];

    private static readonly string[] Reasons =
        ["bad_password", "unknown_user", "invalid_claim", "bad_signature", "expired", "revoked", "unauthorized_scope", "user_rejected", "policy"];

    [TestMethod]
    public void Every_event_is_a_native_event()
    {
        foreach (var e in Everything())
        {
            var json = e.ToJson();
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var names = root.EnumerateObject().Select(p => p.Name).ToArray();
            CollectionAssert.IsSubsetOf(names, Order, json);
            Assert.IsTrue(names.Select(n => Array.IndexOf(Order, n)).Zip(names.Skip(1).Select(n => Array.IndexOf(Order, n))).All(p => p.First < p.Second), json);
            Assert.AreNotEqual("", root.GetProperty("id").GetString());
            Assert.AreEqual(
                e.OccurredAt,
                DateTime.ParseExact(root.GetProperty("time").GetString()!, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal));
            Assert.MatchesRegex(TenantId(), root.GetProperty("tenant_id").GetString()!);
            Assert.Contains(root.GetProperty("type").GetString()!, Types);
            var outcome = root.GetProperty("outcome").GetString()!;
            Assert.Contains(outcome, new[] { "success", "failure", "denied" });
            if (root.TryGetProperty("reason", out var reason))
            {
                Assert.Contains(reason.GetString()!, Reasons);
                Assert.AreNotEqual("success", outcome, json);
            }

            if (root.TryGetProperty("source_ip", out var ip)) Assert.IsTrue(IPAddress.TryParse(ip.GetString(), out _), json);
            if (root.TryGetProperty("country", out var country)) Assert.MatchesRegex(Country(), country.GetString()!);
            if (root.TryGetProperty("count", out var count)) Assert.IsInRange(1, 10_000, count.GetInt32());
            if (root.TryGetProperty("status", out var status)) Assert.IsInRange(100, 599, status.GetInt32());
            Assert.IsTrue(root.EnumerateObject().All(p => p.Value.ValueKind != JsonValueKind.String || p.Value.GetString()!.Length is > 0 and <= 1024), json);
        }
    }

    [TestMethod]
    public void The_products_own_decoder_reads_every_event_as_it_was_meant()
    {
        var decoder = EventFormats.Find("native")!.CreateDecoder(new DecodeLimits(), new SymbolTable());
        var batch = new EventBatch();
        foreach (var e in Everything())
        {
            batch.Clear();
            var line = Encoding.UTF8.GetBytes(e.ToJson());
            decoder.Decode(line, 0, line.Length, new RecordOrigin(0, 0, e.OccurredAt, TrustInternal: true, ExpectedTenant: null), batch);
            Assert.IsEmpty(batch.Rejections, e.ToJson());
            Assert.AreEqual(1, batch.Count);
            var read = batch.Events[0];
            Assert.AreEqual(
                (e.OccurredAt, e.TenantId, e.Type, e.Outcome, e.Reason, e.Count, e.Internal, e.Asn, (int)e.Status),
                (read.OccurredAt, read.Tenant.Text, read.Type, read.Outcome, read.Reason, read.Count, read.Internal, read.Asn, read.Status), e.ToJson());
            Assert.AreEqual(
                (e.Id, e.PrincipalId, e.SessionId, e.PartnerId, e.TargetTenantId, e.SourceIp, e.UserAgent),
                (read.Id.ToString(), read.Principal?.Text, read.Session?.Text, read.Partner?.Text, read.TargetTenant?.Text, read.SourceIp.ToString(), read.UserAgent.ToString()));
        }
    }

    [TestMethod]
    public void Every_type_of_the_contract_occurs()
    {
        var seen = Runs.TwoDays.Events.Select(e => Core.Names.Of(e.Type)).ToHashSet();
        CollectionAssert.AreEquivalent(Types, seen.ToArray());
    }

    [TestMethod]
    public void Both_address_families_occur() =>
        Assert.HasCount(2, Runs.TwoDays.Events.Select(e => IPAddress.Parse(e.SourceIp!).AddressFamily).Distinct());

    /// <summary>All of two days, and of longer runs what the scenarios made.</summary>
    private static IEnumerable<SimulatedEvent> Everything() =>
        [.. Runs.TwoDays.Events, .. Runs.Attacks.Events.Where(e => e.LabelId is not null), .. Runs.Weeks.Events.Where(e => e.LabelId is not null)];

    [GeneratedRegex("^[A-Za-z0-9._-]{1,128}$")]
    private static partial Regex TenantId();

    [GeneratedRegex("^[A-Z]{2}$")]
    private static partial Regex Country();
}
