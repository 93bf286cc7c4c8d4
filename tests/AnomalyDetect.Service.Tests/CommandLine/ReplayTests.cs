using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using AnomalyDetect.Service.Tests.Fixtures;
using AnomalyDetect.Simulation;

namespace AnomalyDetect.Service.Tests.CommandLine;

[TestClass]
public sealed class ReplayTests
{
    private static readonly string[] Deterministic = ["alerts.ndjson", "decisions.ndjson", "notifications.ndjson", "rejections.ndjson", "summary.json"];

    [TestMethod]
    public async Task Twice_the_same_input_gives_the_same_bytes_plain_packed_or_split()
    {
        using var directory = new TempDirectory();
        var options = new SimulationOptions { Duration = TimeSpan.FromHours(8), EventsPerMinute = 40, WarmUp = TimeSpan.FromHours(2) };
        var files = SimulationWriter.Write(directory["sim"], options);
        var text = await File.ReadAllTextAsync(files.EventsPath) + "{broken\n";
        await File.WriteAllTextAsync(files.EventsPath, text);
        var once = await ReplayAsync(directory["once"], files.EventsPath);
        Assert.AreNotEqual("", once["alerts.ndjson"]);
        Assert.AreNotEqual("", once["decisions.ndjson"]);
        Assert.AreEqual(1, JsonDocument.Parse(once["summary.json"]).RootElement.GetProperty("rejected").GetInt32());

        var twice = await ReplayAsync(directory["twice"], files.EventsPath);
        foreach (var name in Deterministic) Assert.AreEqual(once[name], twice[name], name);

        await using (var packed = new GZipStream(File.Create(directory["events.gz"]), CompressionLevel.Fastest))
        await using (var plain = File.OpenRead(files.EventsPath)) await plain.CopyToAsync(packed);
        var zipped = await ReplayAsync(directory["zipped"], directory["events.gz"]);
        foreach (var name in Deterministic) Assert.AreEqual(once[name], zipped[name], name);

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // Events of one instant stay together: between files there is no order among them.
        var instants = lines.GroupBy(TimeOf).ToList();
        await File.WriteAllLinesAsync(directory["a.ndjson"], instants.Where((_, i) => i % 2 == 0).SelectMany(g => g));
        await File.WriteAllLinesAsync(directory["b.ndjson"], instants.Where((_, i) => i % 2 == 1).SelectMany(g => g));
        var merged = await ReplayAsync(directory["merged"], directory["a.ndjson"], directory["b.ndjson"]);
        Assert.AreEqual(once["alerts.ndjson"], merged["alerts.ndjson"], "files are merged by event time");
    }

    private static string TimeOf(string line)
    {
        const string Key = "\"time\":\"";
        var start = line.IndexOf(Key, StringComparison.Ordinal);
        return start < 0 ? "" : line.Substring(start + Key.Length, "2026-01-05T00:00:00.000".Length);
    }

    [TestMethod]
    public async Task Every_line_has_what_other_programs_rely_on()
    {
        using var directory = new TempDirectory();
        var input = directory.Write("in.ndjson", Lines.Forged("acme", "203.0.113.9", 15, new DateTime(2026, 3, 2, 9, 0, 0, DateTimeKind.Utc)));
        var found = await ReplayAsync(directory["out"], input);
        var alert = JsonDocument.Parse(found["alerts.ndjson"].Trim()).RootElement;
        foreach (var name in new[]
        {
            "id", "revision", "tenant_id", "signal", "severity", "score", "detected_at", "window_start", "window_end", "observed", "expected", "threshold", "source_ip",
            "explanation", "evidence", "techniques", "event_ids",
        })
            Assert.IsTrue(alert.TryGetProperty(name, out _), name);
        Assert.AreEqual("2026-03-02T09:00:01Z", alert.GetProperty("detected_at").GetString(), "the eleventh");
        var decision = JsonDocument.Parse(found["decisions.ndjson"].Trim()).RootElement;
        foreach (var name in new[] { "id", "alert_id", "tenant_id", "type", "scope", "value", "parameters", "created_at", "expires_at", "simulated" })
            Assert.IsTrue(decision.TryGetProperty(name, out _), name);
        Assert.IsTrue(decision.GetProperty("simulated").GetBoolean(), "dry run by default");
        var timing = JsonDocument.Parse(found["timing.json"]).RootElement;
        Assert.IsTrue(timing.TryGetProperty("seconds", out _) && timing.TryGetProperty("events_per_second", out _));
    }

    [TestMethod]
    public async Task Stdin_is_a_file_named_dash()
    {
        using var directory = new TempDirectory();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "anomalydetect.dll"), "replay", "-", "--out", directory["out"]])
        {
            RedirectStandardInput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var said = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(Lines.Forged("acme", "203.0.113.9", 15, DateTime.UtcNow));
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.AreEqual(0, process.ExitCode, await said);
        Assert.Contains("invalid_claim_injection", await File.ReadAllTextAsync(Path.Combine(directory["out"], "alerts.ndjson")));
    }

    [TestMethod]
    public async Task Real_cloudtrail_is_read_whole_and_its_denial_bursts_are_found()
    {
        var file = Path.Combine(Repository.Root, "data", "cloudtrail", "invictus_aws_cloudtrail.jsonl.gz");
        using var directory = new TempDirectory();
        var run = await CliRun.Of("replay", file, "--format", "cloudtrail", "--out", directory["out"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var summary = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(directory["out"], "summary.json"))).RootElement;
        Assert.AreEqual(2900, summary.GetProperty("events").GetInt32());
        Assert.AreEqual(0, summary.GetProperty("rejected").GetInt32());
        var bursts = (await File.ReadAllLinesAsync(Path.Combine(directory["out"], "alerts.ndjson"))).Select(l => JsonDocument.Parse(l).RootElement)
            .Where(a => a.GetProperty("signal").GetString() == "policy_violation_burst").Select(a => a.GetProperty("detected_at").GetDateTime().TimeOfDay).ToList();
        Assert.Contains(new TimeSpan(11, 54, 48), bursts);
        Assert.Contains(new TimeSpan(12, 2, 56), bursts);
    }

    private static async Task<Dictionary<string, string>> ReplayAsync(string output, params string[] files)
    {
        var run = await CliRun.Of(["replay", .. files, "--out", output]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        return Directory.EnumerateFiles(output).ToDictionary(f => Path.GetFileName(f), File.ReadAllText);
    }
}
