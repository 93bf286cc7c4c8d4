using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Formats;
using AnomalyDetect.Streaming.Replay;
using Microsoft.Extensions.Logging.Abstractions;

namespace AnomalyDetect.Streaming.Tests.Replay;

[TestClass]
public sealed class SteppedReplayTests
{
    private readonly TempDirectory _directory = new();

    [TestCleanup]
    public void Cleanup() => _directory.Dispose();

    [TestMethod]
    [DataRow(1, false)]
    [DataRow(3, false)]
    [DataRow(2, true)]
    public async Task Pieces_come_to_what_the_whole_comes_to_also_where_options_are_taken_anew_between_them(int lanes, bool takes)
    {
        var lines = Traffic.Of(17, 4000).Select(l => l.Line).ToList();
        var whole = new SteppedReplay(Options(lanes), NullLogger.Instance);
        await whole.PlayAsync(Write("whole.ndjson", lines), null, CancellationToken.None);
        var pieces = new SteppedReplay(Options(lanes), NullLogger.Instance);
        foreach (var (i, piece) in lines.Chunk(700).Index())
        {
            await pieces.PlayAsync(Write($"{i}.ndjson", piece), null, CancellationToken.None);
            if (takes) pieces.Take(SomeTelemetry.Options());
        }

        Assert.IsNotEmpty(whole.Summarise().Alerts);
        Assert.AreEqual(Text(whole.Summarise()), Text(pieces.Summarise()));
    }

    [TestMethod]
    public async Task Options_taken_between_two_pieces_hold_from_the_next_on()
    {
        var lines = Traffic.Of(17, 4000).Select(l => l.Line).ToList();
        var replay = new SteppedReplay(Options(1), NullLogger.Instance);
        await replay.PlayAsync(Write("first.ndjson", lines[..2000]), null, CancellationToken.None);
        var before = replay.Summarise();
        var options = SomeTelemetry.Options();
        var all = new AlertException { Reason = "nothing is to be told", Until = DateTimeOffset.MaxValue };
        replay.Take(options with { Detection = options.Detection with { Exceptions = [all] } });
        await replay.PlayAsync(Write("second.ndjson", lines[2000..]), null, CancellationToken.None);
        Assert.AreEqual(lines.Count, replay.Summarise().Counters.Events + replay.Summarise().Rejected);
        Assert.IsTrue(replay.Summarise().Alerts.All(a => before.Alerts.Any(b => b.Id == a.Id)), "no new ones");
    }

    private static ReplayOptions Options(int lanes) => new() { Files = [], Format = EventFormats.Find("native")!, Engine = SomeTelemetry.Options(), Lanes = lanes };

    private static string Text(ReplaySummary summary) =>
        string.Join('\n', summary.Alerts.Select(a => JsonSerializer.Serialize(a, CoreJson.Default.Alert)).Concat(summary.Decisions.Select(d => JsonSerializer.Serialize(d, CoreJson.Default.Decision))))
        + $"\n{summary.Counters.Events} {summary.Counters.Late} {summary.Counters.Duplicates} {summary.Rejected}";

    private string Write(string name, IEnumerable<byte[]> lines)
    {
        var path = _directory[name];
        File.WriteAllBytes(path, [.. lines.SelectMany(l => l)]);
        return path;
    }
}
