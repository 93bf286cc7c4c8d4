using System.Text;
using AnomalyDetect.Core.Events;
using CsCheck;

namespace AnomalyDetect.Formats.Tests;

/// <summary>A decoder that has read other events before reads an event as one that has not.</summary>
[TestClass]
public sealed class KnownMembersTests
{
    private const string Head = "\"id\":\"e-1\",\"time\":\"2026-03-01T12:30:00Z\",\"tenant_id\":\"acme\",\"type\":\"api_call\",\"outcome\":\"success\"";
    private const string Context = "\"session_id\":\"s-12345678\",\"token_id\":\"t-1\",\"device_id\":\"d-1\",\"source_ip\":\"203.0.113.7\",\"user_agent\":\"curl/8\",\"country\":\"SE\",\"asn\":6525";

    /// <summary>Few values a field, so that much comes again, and neighbours of each other.</summary>
    private static readonly (string Key, string[] Values)[] Members =
    [
        ("principal_id", ["\"ada\"", "\"bob\"", "\"åsa\"", "\"\"", "null"]),
        ("session_id", ["\"s-00000001\"", "\"s-00000002\"", "\"s-0000000\"", "\"1\"", "null", "\"s\\u002d1\""]),
        ("token_id", ["\"t-00000001\"", "\"t-00000002\"", "\"1\""]),
        ("device_id", ["\"d-1\"", "\"d-2\"", "\"1\""]),
        ("source_ip", ["\"203.0.113.7\"", "\"203.0.113.70\"", "\"2001:db8::1\"", "\"203.0.113\"", "7"]),
        ("user_agent", ["\"curl/8\"", "\"curl/80\"", "\"кёрл/8\"", "\"a \\\"quoted\\\" one\"", $"\"{new string('x', 480)}\""]),
        ("country", ["\"SE\"", "\"se\"", "\"DE\"", "\"S\""]),
        ("asn", ["6525", "65257", "0", "6525.5", "-1", "\"6525\""]),
        ("resource", ["\"/v1/things\"", "\"/v1/things/1\""]),
        ("status", ["200", "404"]),
    ];

    private static readonly (string Key, string[] Values)[] HeadMembers =
    [
        ("tenant_id", ["\"acme\"", "\"acme-and-sons\"", "\"bcme-and-sons\"", $"\"{new string('a', 100)}\"", "\"ac me\"", "7"]),
        ("type", ["\"api_call\"", "\"login\"", "\"token_validation\"", "\"nonsense\"", "null"]),
        ("outcome", ["\"success\"", "\"failure\"", "\"denied\"", "\"won\"", "\"succes\\u0073\""]),
    ];

    /// <summary>As JavaScript, Python and people write it.</summary>
    private static readonly (string Colon, string Comma)[] Styles = [(":", ","), (": ", ", "), (" : ", " ,\n  "), (":", ", ")];

    private static readonly Gen<int[]> Order = Gen.Shuffle(Enumerable.Range(0, Members.Length).ToArray());

    /// <summary>Most are of the first two of each; now and then one is left out, or another comes first.</summary>
    private static readonly Gen<(int[] Values, int Odd)> Heads = Gen.Select(Gen.Int[-6, 5].Array[HeadMembers.Length], Gen.Int[0, 39]);

    /// <summary>Producers keep to an order and mostly to the first values; each event has most of the members, now and then one twice, or in another style.</summary>
    private static readonly Gen<string[]> Events =
        from orders in Order.Array[1, 4]
        from events in Gen.Select(Gen.Int[0, orders.Length - 1], Gen.Int[-12, 5].Array[Members.Length], Gen.Int[0, 1 << Members.Length], Gen.Int[0, 19], Gen.Int[0, Members.Length - 1], Heads).Array[1, 60]
        select events.Select(e =>
        {
            var (order, values, left, odd, again, head) = e;
            // Most events leave out nothing but two members, or contexts would hardly ever come again.
            var members = orders[order].Where(m => (left >> m & 1) == 0 || m < Members.Length - 2).ToList();
            if (odd == 0) members.Add(again);
            var (colon, comma) = Styles[(order + (odd == 1 ? 1 : 0)) % Styles.Length];
            var written = members.Select(m => $"\"{Members[m].Key}\"{colon}{Members[m].Values[Math.Max(0, values[m]) % Members[m].Values.Length]}");
            return "{" + string.Join(comma, WrittenHead(head.Values, head.Odd, colon).Concat(written)) + "}";
        }).ToArray();

    private static IEnumerable<string> WrittenHead(int[] values, int odd, string colon)
    {
        var of = HeadMembers.Select((m, n) => $"\"{m.Key}\"{colon}{m.Values[values[n] < 0 ? values[n] & 1 : values[n] % m.Values.Length]}").ToList();
        if (odd < of.Count) of.RemoveAt(odd);
        else if (odd < 2 * of.Count) of.Add(of[odd % of.Count]);
        else if (odd < 3 * of.Count) of.Reverse();
        return of.Prepend($"\"time\"{colon}\"2026-03-01T12:30:00Z\"").Prepend($"\"id\"{colon}\"e-1\"");
    }

    [TestMethod]
    public void An_event_is_what_it_is_whatever_came_before() => Events.Sample(events =>
    {
        // With eight symbols all contexts meet in one slot.
        foreach (var capacity in new[] { 8, 1 << 12 })
        {
            var decoder = new NativeFormat().CreateDecoder(Reading.Limits, new SymbolTable(capacity));
            foreach (var text in events.Concat(events))
            {
                Assert.AreEqual(Shown(Reading.Record(text + "\n")), Shown(text + "\n", decoder), text);
            }
        }
    });

    [TestMethod]
    public void A_context_that_came_twice_is_repeated_from_then_on()
    {
        var decoder = new NativeFormat().CreateDecoder(Reading.Limits, new SymbolTable(1 << 12));
        var read = Read(decoder, Enumerable.Repeat("{" + Head + "," + Context + ",\"status\":200}", 4));
        // What was repeated has the very symbol of the context kept, though the table has forgotten it meanwhile.
        var others = Enumerable.Range(0, 1 << 14).Select(i => "{" + Head + $",\"principal_id\":\"p-{i}\"" + "}");
        Read(decoder, others);
        var later = Read(decoder, ["{" + Head + "," + Context + ",\"status\":404}"]);
        Assert.AreSame(read[3].Session, later[0].Session);
        Assert.AreEqual("s-12345678|t-1|d-1|203.0.113.7|curl/8|6525", string.Join('|', later[0].Session, later[0].TokenId, later[0].DeviceId, later[0].SourceIp, later[0].UserAgent, later[0].Asn));
    }

    [TestMethod]
    public void A_principal_in_several_sessions_has_a_context_in_each()
    {
        var decoder = new NativeFormat().CreateDecoder(Reading.Limits, new SymbolTable(1 << 12));
        string[] texts = [.. Enumerable.Range(1, 3).Select(i => "{" + Head + ",\"principal_id\":\"ada\"," + Context.Replace("s-12345678", $"s-1234567{i}", StringComparison.Ordinal) + ",\"status\":200}")];
        var read = Read(decoder, Enumerable.Repeat(texts, 4).SelectMany(t => t));
        Read(decoder, Enumerable.Range(0, 1 << 14).Select(i => "{" + Head + $",\"principal_id\":\"p-{i}\"" + "}"));
        var later = Read(decoder, texts);
        for (var i = 0; i < texts.Length; i++)
        {
            Assert.AreSame(read[^(texts.Length - i)].Principal, later[i].Principal);
            Assert.AreSame(read[^(texts.Length - i)].Session, later[i].Session);
            Assert.AreEqual($"ada|s-1234567{i + 1}", $"{later[i].Principal}|{later[i].Session}");
        }
    }

    [TestMethod]
    public void What_happened_to_a_tenant_is_repeated_once_it_came_twice()
    {
        var decoder = new NativeFormat().CreateDecoder(Reading.Limits, new SymbolTable(1 << 15));
        string[] texts =
        [
            .. from type in new[] { "api_call", "token_validation", "delegation_grant" }
               from outcome in new[] { "success", "failure", "denied" }
               select "{" + Head.Replace("api_call", type, StringComparison.Ordinal).Replace("success", outcome, StringComparison.Ordinal) + ",\"principal_id\":\"ada\"}",
        ];
        var read = Read(decoder, Enumerable.Repeat(texts, 3).SelectMany(t => t));
        // Both the table of symbols and that of tenants have forgotten the tenant meanwhile.
        Read(decoder, string.Join('\n', Enumerable.Range(0, 1 << 17).Select(i => "{" + Head.Replace("acme", $"t-{i}", StringComparison.Ordinal) + "}")));
        var later = Read(decoder, texts);
        Assert.HasCount(texts.Length, later);
        for (var i = 0; i < texts.Length; i++)
        {
            Assert.AreSame(read[^(texts.Length - i)].Tenant, later[i].Tenant, texts[i]);
            Assert.AreEqual(Shown(Reading.Record(texts[i])), Shown(texts[i], decoder));
        }
    }

    [TestMethod]
    [DataRow(",\"asn\":65257", DisplayName = "its last number goes on")]
    [DataRow(",\"asn\":6525.7", DisplayName = "its last number has a fraction")]
    public void What_only_begins_like_a_context_is_read(string asn)
    {
        var decoder = new NativeFormat().CreateDecoder(Reading.Limits, new SymbolTable(1 << 12));
        Read(decoder, Enumerable.Repeat("{" + Head + "," + Context + "}", 4));
        var text = "{" + Head + "," + Context.Replace(",\"asn\":6525", asn, StringComparison.Ordinal) + "}";
        Assert.AreEqual(Shown(Reading.Record(text)), Shown(text, decoder));
    }

    [TestMethod]
    [DataRow("\"device_id\":\"d-0\",")]
    [DataRow("\"asn\":1,")]
    [DataRow("\"country\":\"SE\",")]
    [DataRow("\"outcome\":\"denied\",")]
    [DataRow("\"tenant_id\":\"acme\",")]
    public void A_field_twice_is_refused_where_one_of_them_is_in_a_known_context(string before)
    {
        var decoder = new NativeFormat().CreateDecoder(Reading.Limits, new SymbolTable(1 << 12));
        Read(decoder, Enumerable.Repeat("{" + Head + "," + Context + "}", 4));
        for (var i = 0; i < 4; i++) // until each key is expected behind the other
            foreach (var text in new[] { "{" + Head + "," + before + Context + "}", "{" + Head + "," + Context + "," + before[..^1] + "}" })
                StringAssert.Contains(Shown(text, decoder), RejectionReasons.DuplicateKey);
    }

    [TestMethod]
    public void A_device_named_before_the_context_is_still_what_someone_acts_with()
    {
        var decoder = new NativeFormat().CreateDecoder(Reading.Limits, new SymbolTable(1 << 12));
        string Text(string device) => "{" + Head + device + ",\"principal_id\":\"ada\",\"token_id\":\"t-12345678\",\"user_agent\":\"curl/8\"}";
        for (var i = 0; i < 4; i++)
            foreach (var device in new[] { "", ",\"device_id\":\"d-1\"" })
                Assert.AreEqual(Shown(Reading.Record(Text(device))), Shown(Text(device), decoder));
    }

    private static List<TelemetryEvent> Read(IEventDecoder decoder, IEnumerable<string> texts) => [.. texts.Select(text => Read(decoder, text).Events[0])];

    private static EventBatch Read(IEventDecoder decoder, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Reading.Record(bytes, bytes.Length, decoder);
    }

    private static string Shown(string text, IEventDecoder decoder) => Shown(Read(decoder, text));

    private static string Shown(EventBatch batch)
    {
        var shown = new StringBuilder();
        foreach (ref readonly var e in batch.Events)
        {
            shown.AppendJoin('|', e.Id, e.Tenant, e.Tenant?.Hash, e.Type, e.Outcome, e.Principal, e.Principal?.Hash, e.Session, e.Session?.Hash, e.TokenId, e.TokenHash, e.DeviceId, e.UserAgent, e.AgentMark);
            shown.AppendJoin('|', "", e.SourceIp, e.Country, e.Asn, e.Resource, e.Status, e.Key, "");
        }

        foreach (var rejection in batch.Rejections) shown.Append(rejection.Reason).Append(": ").AppendLine(rejection.Detail);
        return shown.ToString();
    }
}
