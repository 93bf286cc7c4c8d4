using System.Text;
using AnomalyDetect.Core.Events;
using CsCheck;

namespace AnomalyDetect.Formats.Tests;

/// <summary>What every format owes, whatever the bytes.</summary>
[TestClass]
public class FormatConformanceTests
{
    private static readonly DecodeLimits Small = new() { RecordBytes = 1100 };

    public static IEnumerable<object[]> Formats => EventFormats.All.Select(f => new object[] { f.Name });

    private static IEventFormat Format(string name) => EventFormats.Find(name)!;

    /// <summary>Valid records, some joined, with bytes changed, dropped, put in and swapped for structure.</summary>
    private static Gen<byte[]> Mutated(IEventFormat format)
    {
        var valid = Encoding.UTF8.GetBytes(Some.Of(format).Trim());
        byte[] wrapped = [.. "{\"Records\":["u8, .. valid, .. ","u8, .. valid, .. "]}"u8];
        byte[] array = [.. "[\n"u8, .. valid, .. ","u8, .. valid, .. "]\n"u8];
        byte[] lines = [.. valid, .. "\r\n"u8, .. valid, .. "\n"u8];
        byte[][] seeds = [valid, wrapped, array, lines, [.. "\uFEFF"u8, .. lines, .. wrapped]];
        var structural = "{}[]\",:\\\n\r \0\u007fu0-.eE"u8.ToArray();
        var edit = Gen.Select(Gen.Int[0, 2], Gen.Double[0, 0.999], Gen.OneOf(Gen.Byte, Gen.Int[0, structural.Length - 1].Select(i => structural[i])));
        return Gen.Select(Gen.Int[0, seeds.Length - 1], edit.Array[0, 4]).Select((seed, edits) =>
        {
            var bytes = seeds[seed].ToList();
            foreach (var (kind, where, value) in edits)
            {
                var at = (int)(where * bytes.Count);
                if (kind == 0) bytes[at] = value;
                else if (kind == 1) bytes.Insert(at, value);
                else bytes.RemoveAt(at);
            }

            return bytes.ToArray();
        });
    }

    private static Gen<byte[]> Anything(IEventFormat format)
    {
        var structural = Encoding.UTF8.GetBytes("{}[]\",:\\\n\r \tnulltruefalse01-.eu\uFEFF\"Records\"\"id\"");
        return Gen.OneOf(Gen.Byte.Array[0, 300], Gen.Int[0, structural.Length - 1].Select(i => structural[i]).Array[0, 300], Mutated(format));
    }

    /// <summary>What came of a record, events and rejections by index.</summary>
    private static string Outcome(EventBatch batch)
    {
        var entries = batch.Events.ToArray().Select(e => (e.Index, Text: Shown(e))).Concat(batch.Rejections.Select(r => (r.Position.Index, Text: r.Reason + r.Detail)));
        return string.Join("\n", entries.OrderBy(x => x.Index).Select(x => x.Index + " " + x.Text));
    }

    private static string Shown(TelemetryEvent e) => $"{e.OccurredAt:O} {e.Tenant} {e.Id} {e.Type} {e.Outcome} {e.Principal} {e.SourceIp} {e.UserAgent} {e.Resource}";

    [TestMethod]
    [DynamicData(nameof(Formats))]
    public void A_format_is_found_by_its_name_and_reads_its_sample(string name)
    {
        Assert.AreEqual(name, Format(name).Name);
        Assert.IsTrue(Format(name).AllowedLateness is { TotalSeconds: >= 1, TotalHours: <= 1 });
        Assert.AreEqual(DateTimeKind.Utc, Reading.Event(Some.Of(Format(name)), name).OccurredAt.Kind);
    }

    [TestMethod]
    [DynamicData(nameof(Formats))]
    public void A_decoder_never_throws_and_accounts_for_all_it_was_given(string name)
    {
        Anything(Format(name)).Sample(
            bytes =>
            {
                var batch = Reading.Record(bytes, name, Small);
                var indexes = batch.Events.ToArray().Select(e => e.Index).Concat(batch.Rejections.Select(r => r.Position.Index)).Order().ToArray();
                return indexes.Length > 0 && indexes.SequenceEqual(Enumerable.Range(0, indexes.Length))
                    && batch.Rejections.All(r => r.Sample.Length <= Rejection.SampleLimit && r.Detail.Length < 300 && !r.Detail.Any(char.IsControl))
                    && batch.Events.ToArray().All(e => !e.Id.IsEmpty && e.Tenant is not null && e.OccurredAt != default);
            },
            iter: 20_000);
    }

    [TestMethod]
    [DynamicData(nameof(Formats))]
    public void A_decoder_gives_the_same_again_and_wherever_the_record_lies(string name)
    {
        // A decoder that has seen other records, with junk around the record that would complete it.
        var used = Format(name).CreateDecoder(Small, new SymbolTable(64));
        var gate = new Lock();
        Anything(Format(name)).Sample(
            bytes =>
            {
                byte[] padded = [.. "\"}]{\"x\":\""u8, .. bytes, .. "\":null}]}\"\n,{}"u8];
                var batch = new EventBatch();
                lock (gate) used.Decode(padded, 9, bytes.Length, default, batch);
                return Outcome(batch) == Outcome(Reading.Record(bytes, name, Small));
            },
            iter: 10_000);
    }

    [TestMethod]
    [DynamicData(nameof(Formats))]
    public void A_truncated_record_is_rejected_at_every_length(string name)
    {
        var whole = Encoding.UTF8.GetBytes(Some.Of(Format(name)).Trim());
        for (var length = 0; length < whole.Length; length++)
        {
            var batch = Reading.Record(whole[..length], name);
            Assert.AreEqual(0, batch.Count);
            Assert.AreEqual(length == 0 ? "empty_record" : "malformed_json", batch.Rejections.Single().Reason);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Formats))]
    public void Framing_is_the_same_wherever_the_buffer_is_cut(string name)
    {
        var limits = new DecodeLimits { RecordBytes = 700 };
        Gen.Select(Anything(Format(name)), Gen.Int[0, 40].Array[1, 60]).Sample(
            (bytes, cuts) =>
            {
                var whole = Reading.Frame(Format(name), bytes, limits, []);
                var pieces = Reading.Frame(Format(name), bytes, limits, cuts);
                return whole.Count == pieces.Count && whole.Zip(pieces).All(p => p.First.AsSpan().SequenceEqual(p.Second));
            },
            iter: 20_000);
    }

    [TestMethod]
    [DynamicData(nameof(Formats))]
    public void Framing_is_the_same_at_every_single_cut_and_byte_by_byte(string name)
    {
        var sample = Some.Of(Format(name)).Trim();
        foreach (var text in new[] { sample + "\r\n" + sample, "\uFEFF{\"Records\" : [" + sample + ",\n" + sample + "]}\n" + sample, "{\n" + sample[1..] })
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            foreach (var limits in new[] { new DecodeLimits(), new DecodeLimits { RecordBytes = 64 } })
            {
                var whole = Reading.Frame(Format(name), bytes, limits, []).ConvertAll(Convert.ToHexString);
                CollectionAssert.AreEqual(whole, Reading.Frame(Format(name), bytes, limits, Enumerable.Repeat(1, bytes.Length)).ConvertAll(Convert.ToHexString));
                for (var cut = 0; cut <= bytes.Length; cut++)
                    CollectionAssert.AreEqual(whole, Reading.Frame(Format(name), bytes, limits, [cut]).ConvertAll(Convert.ToHexString), $"cut at {cut}");
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(Formats))]
    public void Framed_records_hold_every_byte_that_matters(string name)
    {
        // Without documents around them, lines lose only white space between records.
        var format = Format(name);
        var sample = Some.Of(format).Trim();
        var framed = Reading.Frame(format, Encoding.UTF8.GetBytes(string.Join("\r\n", Enumerable.Repeat(sample, 5))), Reading.Limits, Enumerable.Repeat(7, 1000));
        CollectionAssert.AreEqual(Enumerable.Repeat(sample, 5).ToList(), framed.ConvertAll(Encoding.UTF8.GetString));
    }
}
