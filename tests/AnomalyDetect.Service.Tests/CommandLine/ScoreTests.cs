using System.Globalization;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.CommandLine;

[TestClass]
public sealed class ScoreTests
{
    private static string[] Rows(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{new DateTime(2026, 1, 5).AddMinutes(5 * i):yyyy-MM-dd HH:mm:ss},{(i == 700 ? 500 : 100 + (i % 7))}")),
    ];

    private static async Task<string[]> ScoreAsync(TempDirectory directory, IEnumerable<string> rows, params string[] more)
    {
        var input = directory.Write("series.csv", "timestamp,value\n" + string.Join('\n', rows) + "\n");
        var run = await CliRun.Of(["score", "--input", input, "--output", directory["scores.csv"], .. more]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        return await File.ReadAllLinesAsync(directory["scores.csv"]);
    }

    [TestMethod]
    public async Task Each_row_comes_back_as_it_was_with_a_score()
    {
        using var directory = new TempDirectory();
        var rows = Rows(900);
        var scored = await ScoreAsync(directory, rows);
        Assert.AreEqual("timestamp,value,anomaly_score", scored[0]);
        Assert.HasCount(901, scored);
        for (var i = 0; i < rows.Length; i++) StringAssert.StartsWith(scored[i + 1], rows[i] + ",");
        var scores = scored.Skip(1).Select(l => double.Parse(l.Split(',')[2], CultureInfo.InvariantCulture)).ToArray();
        Assert.IsTrue(scores.All(s => s is >= 0 and <= 1));
        Assert.AreEqual(700, Array.IndexOf(scores, scores.Max()));
        Assert.IsGreaterThanOrEqualTo(0.5, scores[700]);
    }

    [TestMethod]
    public async Task A_row_depends_on_those_before_it_only()
    {
        using var directory = new TempDirectory();
        var whole = await ScoreAsync(directory, Rows(900));
        var part = await ScoreAsync(directory, Rows(720));
        CollectionAssert.AreEqual(whole[..721], part);
    }

    [TestMethod]
    public async Task A_row_without_a_value_is_scored_0_and_changes_nothing()
    {
        using var directory = new TempDirectory();
        var rows = Rows(900).ToList();
        var without = await ScoreAsync(directory, rows);
        rows.Insert(300, "2026-01-06 01:00:00,");
        rows.Insert(301, "2026-01-06 01:00:00,NaN");
        var with = (await ScoreAsync(directory, rows)).ToList();
        Assert.AreEqual("2026-01-06 01:00:00,,0", with[301]);
        Assert.AreEqual("2026-01-06 01:00:00,NaN,0", with[302]);
        with.RemoveRange(301, 2);
        CollectionAssert.AreEqual(without, with);
    }

    [TestMethod]
    [DataRow("ensemble", true)]
    [DataRow("iid_spike", true)]
    [DataRow("iid_change_point", false)] // a change is found after it has lasted, not at its first point
    [DataRow("ssa_spike", true)]
    [DataRow("ssa_change_point", false)]
    [DataRow("sr_cnn", true)]
    public async Task Each_detector_scores_from_0_to_1_and_alerts_from_one_half(string detector, bool findsTheSpike)
    {
        using var directory = new TempDirectory();
        var scored = await ScoreAsync(directory, Rows(900), "--detector", detector);
        var scores = scored.Skip(1).Select(l => double.Parse(l.Split(',')[2], CultureInfo.InvariantCulture)).ToArray();
        Assert.IsTrue(scores.All(s => s is >= 0 and <= 1));
        Assert.IsGreaterThan(scores.Min(), scores.Max(), "every point scores the same");
        if (findsTheSpike) Assert.IsGreaterThanOrEqualTo(0.5, scores[700]);
    }

    [TestMethod]
    [DataRow(2, "-5", "3", 0.5, DisplayName = "two points")]
    [DataRow(900, "7", "7", 0.5, DisplayName = "a constant")]
    [DataRow(900, "-3", "-4", 1, DisplayName = "negative counts")] // values like any other
    public async Task Odd_series_are_scored_by_every_detector(int rows, string even, string odd, double below)
    {
        using var directory = new TempDirectory();
        var lines = Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"{new DateTime(2026, 1, 5).AddMinutes(5 * i):yyyy-MM-dd HH:mm:ss},{(i % 2 == 0 ? even : odd)}")).ToList();
        foreach (var detector in new[] { "ensemble", "iid_spike", "iid_change_point", "ssa_spike", "ssa_change_point", "sr_cnn" })
        {
            var scores = (await ScoreAsync(directory, lines, "--detector", detector)).Skip(1).Select(l => double.Parse(l.Split(',')[2], CultureInfo.InvariantCulture)).ToArray();
            Assert.HasCount(rows, scores);
            Assert.IsTrue(scores.All(s => s >= 0 && s < below), $"{detector}: {scores.Max()}");
        }
    }

    [TestMethod]
    public async Task A_detector_nobody_knows_is_wrong_usage_and_names_those_there_are()
    {
        using var directory = new TempDirectory();
        var run = await CliRun.Of("score", "--input", directory.Write("series.csv", "timestamp,value\n"), "--output", "-", "--detector", "crystal_ball");
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Error, "ssa_change_point");
        StringAssert.Contains(run.Error, "crystal_ball");
    }

    [TestMethod]
    [DataRow("", "empty")]
    [DataRow("when,what\n", "timestamp")]
    [DataRow("timestamp,value\n2026-01-05 00:00:00,1\nyesterday,2\n", "Line 3")]
    [DataRow("timestamp,value\n2026-01-05 00:00:00,many\n", "Line 2")]
    [DataRow("timestamp,value\n2026-01-05 00:00:00\n", "Line 2")]
    public async Task What_cannot_be_read_is_named_and_leaves_no_file(string text, string named)
    {
        using var directory = new TempDirectory();
        var run = await CliRun.Of("score", "--input", directory.Write("series.csv", text), "--output", directory["scores.csv"]);
        Assert.AreEqual(1, run.ExitCode, run.Error);
        StringAssert.Contains(run.Error, named);
        Assert.IsFalse(File.Exists(directory["scores.csv"]));
        Assert.IsFalse(File.Exists(directory["scores.csv.partial"]));
    }

    [TestMethod]
    public async Task A_missing_file_is_wrong_usage() =>
        Assert.AreEqual(2, (await CliRun.Of("score", "--input", "missing.csv", "--output", "scores.csv")).ExitCode);
}
