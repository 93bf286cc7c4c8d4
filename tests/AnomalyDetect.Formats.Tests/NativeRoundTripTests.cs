using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AnomalyDetect.Core.Events;
using CsCheck;

namespace AnomalyDetect.Formats.Tests;

[TestClass]
public class NativeRoundTripTests
{
    private static readonly string[] UnknownKeys = ["comment", "ID", "Time", "tenant", "x y", "é", "\n", "principal_id_2", ""];

    private static readonly Gen<string> Word = Gen.OneOf(
        Gen.Char.AlphaNumeric.Array[1, 40].Select(c => new string(c)),
        Gen.Char.Array[1, 20].Select(c => new string([.. c.Where(x => !char.IsSurrogate(x))])).Where(s => s.Length > 0),
        Gen.OneOf(Gen.Const("\"\\/\b\f\n\r\t"), Gen.Const("😀 emoji"), Gen.Const("\u0001\u001f\u007f"), Gen.Const("日本語")));

    private static readonly Gen<string> Tenant = Gen.Char["abcXYZ019._-"].Array[1, 128].Select(c => new string(c));

    private static readonly Gen<TelemetryEvent> Event =
        Gen.Select(Word.Array[18], Tenant.Array[2], Gen.Long[0, TimeSpan.TicksPerDay * 36_500], Gen.Int[0, 1 << 30], Gen.ULong, Gen.Byte.Array[16], Gen.Int[0, 10]).Select((w, t, ticks, mask, n, ip, kind) =>
        {
            TextSlice Text(int i) => (mask >> i & 1) == 0 ? default : TextSlice.Of(w[i]);
            Symbol? Name(int i) => (mask >> i & 1) == 0 ? null : Symbol.Create(w[i]);
            return new TelemetryEvent
            {
                Id = TextSlice.Of(w[0]),
                OccurredAt = new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddTicks(ticks),
                Tenant = Symbol.Create(t[0]),
                TargetTenant = (mask & 1) == 0 ? null : Symbol.Create(t[1]),
                Type = (EventType)kind,
                Outcome = (EventOutcome)(n % 3),
                Reason = (FailureReason)(n % 11),
                Principal = Name(1),
                Session = Name(2),
                Partner = Name(3),
                TokenId = Text(4),
                DeviceId = Text(5),
                UserAgent = Text(6),
                DelegationId = Text(7),
                Scope = Text(8),
                TenantContextId = Text(9),
                DecisionId = Text(10),
                Resource = Text(11),
                Method = Text(12),
                SourceIp = (mask >> 13 & 3) switch { 0 => default, 1 => NetworkAddress.FromIPv4(BitConverter.ToUInt32(ip)), _ => NetworkAddress.FromIPv6(new UInt128(BitConverter.ToUInt64(ip) | 1UL << 63, n)) },
                Country = (ushort)((mask >> 15 & 1) == 0 ? 0 : (('A' + (int)(n % 26)) << 8) | 'Z'),
                Status = (ushort)((mask >> 16 & 1) == 0 ? 0 : 100 + (n % 900)),
                Asn = (mask >> 17 & 1) == 0 ? 0 : (uint)n,
                DurationMs = (mask >> 18 & 1) == 0 ? 0 : (int)(n & int.MaxValue),
                Bytes = (mask >> 19 & 1) == 0 ? 0 : (long)(n & long.MaxValue),
                Count = 1 + (int)(n % 10_000),
                Internal = (mask >> 20 & 1) == 1,
            };
        });

    private static string Shown(in TelemetryEvent e) => string.Join(
        "|", e.OccurredAt.Ticks, e.Tenant, e.TargetTenant, e.Id, e.Type, e.Outcome, e.Reason, e.Principal, e.Session, e.Partner, e.TokenId, e.DeviceId, e.UserAgent, e.DelegationId, e.Scope,
        e.TenantContextId, e.DecisionId, e.Resource, e.Method, e.SourceIp, e.Country, e.Status, e.Asn, e.DurationMs, e.Bytes, e.Count, e.Internal);

    private static string Written(in TelemetryEvent e)
    {
        var output = new ArrayBufferWriter<byte>();
        NativeEventWriter.WriteLine(e, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static TelemetryEvent Decoded(string text) => Reading.Event(text, origin: new RecordOrigin(0, 0, null, TrustInternal: true, null));

    [TestMethod]
    public void An_event_reads_back_as_written() => Event.Sample(e => Shown(Decoded(Written(e))) == Shown(e), iter: 5_000);

    [TestMethod]
    public void Order_of_keys_white_space_unknown_fields_and_escapes_change_nothing() =>
        Gen.Select(Event, Gen.Int, Gen.Bool).Sample(
            (e, seed, spread) =>
            {
                var random = new Random(seed);
                var members = JsonNode.Parse(Written(e))!.AsObject().Select(m => (m.Key, Value: m.Value!.ToJsonString())).ToList();
                members.AddRange(UnknownKeys.Where(_ => random.Next(2) == 0).Select(k => (k, """ {"id":[ "\ud83d\ude00", {"time":null}], "n":-1.5E+3}""")));
                var shuffled = members.OrderBy(_ => random.Next()).ToArray();
                string Space() => new(' ', random.Next(3));
                string Line() => spread ? "\n  " : "";
                string Key(string k) => random.Next(4) == 0 ? "\"" + string.Concat(k.Select(c => $"\\u{(int)c:x4}")) + "\"" : JsonSerializer.Serialize(k);
                var text = "{" + Line() + string.Join("," + Line(), shuffled.Select(m => Key(m.Key) + Space() + ":" + Space() + m.Value + Space())) + "}";
                return Shown(Decoded(text)) == Shown(e);
            },
            iter: 5_000);
}
