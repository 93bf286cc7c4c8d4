using System.IO.Compression;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Formats;
using AnomalyDetect.Streaming.Replay;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;

namespace AnomalyDetect.Streaming.Tests.Replay;

[TestClass]
public sealed class FileReplayTests
{
    private readonly TempDirectory _directory = new();

    [TestCleanup]
    public void Cleanup() => _directory.Dispose();

    [TestMethod]
    public async Task Lane_count_and_batch_cuts_change_nothing()
    {
        var found = 0;
        await Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[1, 9], Gen.Int[4096, 100_000]).SampleAsync(async (seed, lanes, chunk) =>
        {
            var file = Write($"{seed}-{lanes}-{chunk}.ndjson", Traffic.Of(seed, 1500).Select(l => l.Line));
            var plain = await Run(Options(file) with { Lanes = 1 });
            var other = await Run(Options(file) with { Lanes = lanes, ChunkBytes = chunk });
            Interlocked.Add(ref found, plain.Alerts.Count);
            Assert.AreEqual(Text(plain), Text(other));
        }, iter: 12, threads: 1);
        Assert.IsGreaterThan(12, found, "the traffic set nothing off: the property proved nothing");
    }

    [TestMethod]
    public async Task Several_files_merge_into_what_one_file_in_order_gives()
    {
        var lines = Traffic.Of(7, 3000).Where(l => l.Line.Length > 20).OrderBy(Time).ToList();
        var one = await Run(Options(Write("one.ndjson", lines.Select(l => l.Line))));
        var parts = Enumerable.Range(0, 3).Select(p => Write($"part{p}.ndjson", lines.Where((_, i) => i % 3 == p).Select(l => l.Line))).ToArray();
        var merged = await Run(Options(parts) with { Lanes = 3 });
        Assert.IsNotEmpty(one.Alerts);
        Assert.AreEqual(one.Counters.Events, merged.Counters.Events);
        CollectionAssert.AreEqual(one.Alerts.Select(a => a.Id).ToArray(), merged.Alerts.Select(a => a.Id).ToArray());
        Assert.AreEqual(Text(merged), Text(await Run(Options(parts) with { Lanes = 1 })));

        static DateTime Time((DateTime At, string Tenant, byte[] Line) line)
        {
            using var json = JsonDocument.Parse(line.Line);
            return json.RootElement.GetProperty("time").GetDateTime();
        }
    }

    [TestMethod]
    public async Task Gzip_is_read_as_what_it_holds()
    {
        var lines = Traffic.Of(3, 500).Select(l => l.Line).ToList();
        var plain = await Run(Options(Write("plain.ndjson", lines)));
        var packed = _directory["packed.ndjson.gz"];
        await using (var gzip = new GZipStream(File.Create(packed), CompressionLevel.Fastest))
            foreach (var line in lines) await gzip.WriteAsync(line);
        Assert.AreEqual(Text(plain), Text(await Run(Options(packed))));
    }

    [TestMethod]
    public async Task Every_line_ends_as_an_event_or_a_rejection_with_its_place()
    {
        var lines = Traffic.Of(11, 2000).Select(l => l.Line).ToList();
        var bad = lines.Count(l => l.Length < 20);
        var summary = await Run(Options(Write("mixed.ndjson", lines)) with { ChunkBytes = 4096 });
        Assert.IsGreaterThan(0, bad);
        Assert.AreEqual(bad, summary.Rejected);
        Assert.AreEqual(lines.Count - bad, summary.Counters.Events);
        Assert.AreEqual(summary.Rejected, summary.RejectedByReason.Values.Sum());
        var first = lines.TakeWhile(l => l.Length >= 20).Sum(l => l.Length);
        Assert.AreEqual(first, summary.Rejections[0].Position.Offset);
    }

    [TestMethod]
    public async Task A_line_longer_than_the_limit_is_one_rejection_and_the_rest_is_read()
    {
        var lines = Traffic.Of(5, 50).Select(l => l.Line).Where(l => l.Length > 20).ToList();
        lines.Insert(25, [.. Enumerable.Repeat((byte)'x', 3 << 20), (byte)'\n']);
        var summary = await Run(Options(Write("long.ndjson", lines)));
        Assert.AreEqual(1, summary.Rejected);
        Assert.AreEqual(lines.Count - 1, summary.Counters.Events);
    }

    [TestMethod]
    public async Task An_empty_file_gives_an_empty_summary() => Assert.AreEqual(0, (await Run(Options(Write("empty.ndjson", [])))).Counters.Events);

    [TestMethod]
    public async Task A_file_that_is_not_there_is_an_error_naming_it()
    {
        var e = await Assert.ThrowsExactlyAsync<FileNotFoundException>(() => Run(Options(_directory["missing.ndjson"])));
        StringAssert.Contains(e.Message, "missing.ndjson");
    }

    private static Task<ReplaySummary> Run(ReplayOptions options) => FileReplay.RunAsync(options, NullLogger.Instance);

    private static ReplayOptions Options(params string[] files) => new() { Files = files, Format = EventFormats.Find("native")!, Engine = SomeTelemetry.Options() };

    private static string Text(ReplaySummary s) => string.Join(
        '\n',
        [
            $"{s.Counters.Events} {s.Counters.Duplicates} {s.Counters.Late} {s.Counters.Skewed} {s.Rejected} {string.Join(' ', s.Counters.Findings)}",
            .. s.Alerts.Select(a => JsonSerializer.Serialize(a, CoreJson.Default.Alert)),
            .. s.Decisions.Select(d => JsonSerializer.Serialize(d, CoreJson.Default.Decision)),
            .. s.Notifications.Select(n => JsonSerializer.Serialize(n, CoreJson.Default.Notification)),
            .. s.Rejections.Select(r => $"{r.Position} {r.Reason}"),
        ]);

    private string Write(string name, IEnumerable<byte[]> lines)
    {
        var path = _directory[name];
        File.WriteAllBytes(path, [.. lines.SelectMany(l => l)]);
        return path;
    }
}
