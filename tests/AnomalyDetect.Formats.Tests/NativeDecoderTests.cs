using AnomalyDetect.Core;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Formats.Tests;

[TestClass]
public class NativeDecoderTests
{
    private static readonly DateTime Noon = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    [TestMethod]
    public void Every_field_of_the_contract_is_read()
    {
        var e = Reading.Event(Some.FullNative, origin: new RecordOrigin(3, 42, Noon, TrustInternal: true, ExpectedTenant: Symbol.Create("acme")));

        Assert.AreEqual("e-1", e.Id.ToString());
        Assert.AreEqual(new DateTime(2026, 3, 1, 11, 30, 0, 250, DateTimeKind.Utc), e.OccurredAt);
        Assert.AreEqual(DateTimeKind.Utc, e.OccurredAt.Kind);
        Assert.AreEqual(Noon, e.ObservedAt);
        Assert.AreEqual("acme", e.Tenant.Text);
        Assert.AreEqual(EventType.DelegationUse, e.Type);
        Assert.AreEqual(EventOutcome.Denied, e.Outcome);
        Assert.AreEqual("ada", e.Principal!.Text);
        Assert.AreEqual("s-1", e.Session!.Text);
        Assert.AreEqual("t-1", e.TokenId.ToString());
        Assert.AreEqual("d-1", e.DeviceId.ToString());
        Assert.AreEqual("203.0.113.7", e.SourceIp.ToString());
        Assert.AreEqual("curl/8 \"quoted\" é", e.UserAgent.ToString());
        Assert.AreEqual(('S' << 8) | 'E', e.Country);
        Assert.AreEqual(64500u, e.Asn);
        Assert.AreEqual("globex", e.TargetTenant!.Text);
        Assert.AreEqual("p-1", e.Partner!.Text);
        Assert.AreEqual("g-1", e.DelegationId.ToString());
        Assert.AreEqual("read write", e.Scope.ToString());
        Assert.AreEqual("c-1", e.TenantContextId.ToString());
        Assert.AreEqual(FailureReason.UnauthorizedScope, e.Reason);
        Assert.AreEqual("x-1", e.DecisionId.ToString());
        Assert.AreEqual("/v1/things", e.Resource.ToString());
        Assert.AreEqual("GET", e.Method.ToString());
        Assert.AreEqual(403, e.Status);
        Assert.AreEqual(12, e.DurationMs);
        Assert.AreEqual(5120, e.Bytes);
        Assert.AreEqual(7, e.Count);
        Assert.IsTrue(e.Internal);
        Assert.AreEqual(42, e.Offset);
        Assert.AreEqual(0, e.Index);
    }

    [TestMethod]
    public void What_is_left_out_is_absent()
    {
        var e = Reading.Event(Some.Native);

        Assert.AreEqual(1, e.Count);
        Assert.IsNull(e.Principal);
        Assert.IsNull(e.TargetTenant);
        Assert.IsTrue(e.SourceIp.IsNone);
        Assert.IsTrue(e.UserAgent.IsEmpty);
        Assert.AreEqual(FailureReason.None, e.Reason);
        Assert.IsFalse(e.Internal);
    }

    [TestMethod]
    [DataRow("principal_id")]
    [DataRow("source_ip")]
    [DataRow("target_tenant_id")]
    [DataRow("country")]
    [DataRow("reason")]
    [DataRow("user_agent")]
    public void Null_and_the_empty_string_are_absent(string field)
    {
        foreach (var value in new[] { "null", "\"\"" })
        {
            var e = Reading.Event(Some.With(field, "0").Replace($"\"{field}\":0", $"\"{field}\":{value}", StringComparison.Ordinal));
            Assert.IsTrue(e.Principal is null && e.SourceIp.IsNone && e.TargetTenant is null && e.Country == 0 && e.Reason == FailureReason.None && e.UserAgent.IsEmpty);
        }
    }

    [TestMethod]
    [DataRow("status")]
    [DataRow("count")]
    [DataRow("internal")]
    [DataRow("asn")]
    public void Null_for_a_number_or_flag_is_absent(string field)
    {
        var e = Reading.Event(Some.Native.Replace("}", $",\"{field}\":null}}", StringComparison.Ordinal));
        Assert.AreEqual(1, e.Count);
        Assert.IsTrue(e.Status == 0 && e.Asn == 0 && !e.Internal);
    }

    [TestMethod]
    [DataRow("id")]
    [DataRow("time")]
    [DataRow("tenant_id")]
    [DataRow("type")]
    [DataRow("outcome")]
    public void A_required_field_must_be_there(string field)
    {
        Assert.AreEqual("missing_" + field, Reading.Rejection(Some.With(field, null)).Reason);
        Assert.AreEqual("missing_" + field, Reading.Rejection(Some.With(field, "\"\"")).Reason);
        Assert.AreEqual("missing_" + field, Reading.Rejection(Some.With(field, "0").Replace($"\"{field}\":0", $"\"{field}\":null", StringComparison.Ordinal)).Reason);
    }

    [TestMethod]
    [DataRow("id", "7")]
    [DataRow("time", "\"yesterday\"")]
    [DataRow("time", "1700000000")]
    [DataRow("tenant_id", "\"a b\"")]
    [DataRow("tenant_id", "\"é\"")]
    [DataRow("target_tenant_id", "\"a/b\"")]
    [DataRow("type", "\"Login\"")]
    [DataRow("outcome", "\"ok\"")]
    [DataRow("principal_id", "{}")]
    [DataRow("session_id", "true")]
    [DataRow("source_ip", "\"010.0.0.1\"")]
    [DataRow("source_ip", "\"10.0.0.1:80\"")]
    [DataRow("source_ip", "\"[::1]\"")]
    [DataRow("source_ip", "\"fe80::1%eth0\"")]
    [DataRow("source_ip", "\"AWS Internal\"")]
    [DataRow("country", "\"SWE\"")]
    [DataRow("country", "\"1A\"")]
    [DataRow("asn", "\"AS1\"")]
    [DataRow("asn", "4294967296")]
    [DataRow("status", "99")]
    [DataRow("status", "1000")]
    [DataRow("duration_ms", "-1")]
    [DataRow("duration_ms", "2147483648")]
    [DataRow("bytes", "-1")]
    [DataRow("bytes", "9223372036854775808")]
    [DataRow("bytes", "1e300")]
    [DataRow("count", "-1")]
    [DataRow("count", "0")]
    [DataRow("count", "10001")]
    [DataRow("count", "\"7\"")]
    [DataRow("internal", "1")]
    [DataRow("internal", "\"true\"")]
    public void A_field_of_a_wrong_type_or_value_is_named(string field, string json)
    {
        var rejection = Reading.Rejection(Some.With(field, json));
        Assert.AreEqual("invalid_" + field, rejection.Reason);
        Assert.Contains($"'{field}'", rejection.Detail);
    }

    [TestMethod]
    public void Numbers_are_whole_up_to_their_bounds()
    {
        Assert.AreEqual(10_000, Reading.Event(Some.With("count", "10000")).Count);
        Assert.AreEqual(long.MaxValue, Reading.Event(Some.With("bytes", "9223372036854775807")).Bytes);
        Assert.AreEqual(uint.MaxValue, Reading.Event(Some.With("asn", "4294967295")).Asn);
        Assert.AreEqual(12, Reading.Event(Some.With("duration_ms", "12.9")).DurationMs);
        Assert.AreEqual(200, Reading.Event(Some.With("status", "2e2")).Status);
    }

    [TestMethod]
    public void An_unknown_reason_is_other_and_known_words_are_all_read()
    {
        Assert.AreEqual(FailureReason.Other, Reading.Event(Some.With("reason", "\"moonphase\"")).Reason);
        foreach (var word in Names.All<FailureReason>()) Assert.AreEqual(word, Names.Of(Reading.Event(Some.With("reason", $"\"{word}\"")).Reason));
        foreach (var word in Names.All<EventType>()) Assert.AreEqual(word, Names.Of(Reading.Event(Some.With("type", $"\"{word}\"")).Type));
        foreach (var word in Names.All<EventOutcome>()) Assert.AreEqual(word, Names.Of(Reading.Event(Some.With("outcome", $"\"{word}\"")).Outcome));
    }

    [TestMethod]
    public void Internal_counts_only_from_a_trusted_source()
    {
        var text = Some.With("internal", "true");
        Assert.IsFalse(Reading.Event(text, origin: new RecordOrigin(0, 0, null, TrustInternal: false, null)).Internal);
        Assert.IsTrue(Reading.Event(text, origin: new RecordOrigin(0, 0, null, TrustInternal: true, null)).Internal);
    }

    [TestMethod]
    public void Another_tenants_event_is_rejected_whatever_seed_the_expected_symbol_has()
    {
        var expected = new RecordOrigin(0, 0, null, false, Symbol.Create("acme", seed: 99));
        Assert.AreEqual(1, Reading.Record(Some.Native, origin: expected).Count);
        Assert.AreEqual("tenant_mismatch", Reading.Rejection(Some.With("tenant_id", "\"globex\""), origin: expected).Reason);
    }

    [TestMethod]
    public void Strings_of_the_contract_are_bounded_after_unescaping_and_others_are_not()
    {
        var limits = new DecodeLimits { StringBytes = 64 };
        Assert.AreEqual(1, Reading.Record(Some.With("user_agent", $"\"{new string('x', 64)}\""), limits: limits).Count);
        Assert.AreEqual("string_too_long", Reading.Rejection(Some.With("user_agent", $"\"{new string('x', 65)}\""), limits: limits).Reason);
        Assert.AreEqual(1, Reading.Record(Some.With("comment", $"\"{new string('x', 65)}\""), limits: limits).Count);
        var escaped = Some.Native.Replace("}", ",\"user_agent\":\"" + string.Concat(Enumerable.Repeat("\\u0041", 64)) + "\"}", StringComparison.Ordinal);
        Assert.AreEqual(new string('A', 64), Reading.Record(escaped, limits: limits).Events[0].UserAgent.ToString());
    }

    [TestMethod]
    public void Identifiers_with_escapes_are_the_same_symbol_as_without()
    {
        var plain = Reading.Event(Some.With("principal_id", "\"ada/é😀\""));
        var escaped = Reading.Event(Some.Native.Replace("}", ""","principal_id":"\u0061da\/\u00e9\ud83d\ude00"}""", StringComparison.Ordinal));
        Assert.AreEqual(plain.Principal, escaped.Principal);
        Assert.AreEqual("ada/é😀", escaped.Principal!.Text);
    }

    [TestMethod]
    public void In_a_file_ObservedAt_is_the_newest_time_so_far_over_records()
    {
        var decoder = new NativeFormat().CreateDecoder(Reading.Limits, new SymbolTable(64));
        var batch = new EventBatch();
        foreach (var second in new[] { 5, 2, 9, 1 })
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(Some.With("time", $"\"2026-03-01T12:00:0{second}Z\""));
            decoder.Decode(bytes, 0, bytes.Length, new RecordOrigin(0, second, null, false, null), batch);
        }

        CollectionAssert.AreEqual(new[] { 5, 5, 9, 9 }, batch.Events.ToArray().Select(e => e.ObservedAt.Second).ToArray());
        Assert.AreEqual(Noon.AddSeconds(9), batch.ObservedAt);
    }

    [TestMethod]
    public void A_rejected_event_moves_no_clock_but_its_record_does()
    {
        Assert.AreEqual(default, Reading.Record(Some.With("type", "\"?\"")).ObservedAt);
        Assert.AreEqual(Noon, Reading.Record("junk", origin: new RecordOrigin(0, 0, Noon, false, null)).ObservedAt);
    }

    [TestMethod]
    public void A_detail_quotes_little_and_nothing_a_terminal_would_obey()
    {
        var detail = Reading.Rejection(Some.With("type", "\"\\u001b[31m" + new string('x', 500) + "\"")).Detail;
        Assert.IsFalse(detail.Any(char.IsControl), detail);
        Assert.IsLessThan(300, detail.Length);
    }
}
