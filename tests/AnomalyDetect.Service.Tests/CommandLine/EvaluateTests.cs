using AnomalyDetect.Service.Tests.Fixtures;
using AnomalyDetect.Simulation;

namespace AnomalyDetect.Service.Tests.CommandLine;

[TestClass]
public sealed class EvaluateTests
{
    private static readonly SimulationOptions Small = new()
    {
        Seed = 3,
        Tenants = 2,
        Duration = TimeSpan.FromHours(6),
        WarmUp = TimeSpan.FromHours(3),
        EventsPerMinute = 20,
        Scenarios = [ScenarioKind.InvalidClaimInjection, ScenarioKind.SessionHijack, ScenarioKind.ThresholdClaims],
    };

    [TestMethod]
    public async Task Files_are_judged_by_their_labels()
    {
        using var directory = new TempDirectory();
        var files = SimulationWriter.Write(directory["sim"], Small);
        var run = await CliRun.Of("evaluate", files.EventsPath, "--labels", files.LabelsPath);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        StringAssert.Matches(run.Out, new System.Text.RegularExpressions.Regex(@"invalid_claim_injection +1 +1 "));
        StringAssert.Matches(run.Out, new System.Text.RegularExpressions.Regex(@"all attacks +2 +2 "));
        StringAssert.Matches(run.Out, new System.Text.RegularExpressions.Regex(@"median time to detect +after its threshold\r?\n"));
        StringAssert.Matches(run.Out, new System.Text.RegularExpressions.Regex(@"session_hijack +1 +1 +1 +[\d.]+ (s|min) +0 s\r?\n"));
        StringAssert.Contains(run.Out, "look-alikes: 1 played, 0 enforced against");
    }

    [TestMethod]
    public async Task What_was_not_found_is_named()
    {
        using var directory = new TempDirectory();
        var files = SimulationWriter.Write(directory["sim"], Small);
        // Labels of another run: nothing of it is in the telemetry.
        var other = SimulationWriter.Write(directory["other"], Small with { Seed = 4 });
        var run = await CliRun.Of("evaluate", files.EventsPath, "--labels", other.LabelsPath);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        StringAssert.Matches(run.Out, new System.Text.RegularExpressions.Regex(@"all attacks +2 +0 "));
        StringAssert.Contains(run.Out, "missed: session_hijack");
    }

    [TestMethod]
    public async Task Labels_without_the_moment_of_their_threshold_are_judged_without_it()
    {
        using var directory = new TempDirectory();
        var files = SimulationWriter.Write(directory["sim"], Small);
        var older = directory.Write("older.ndjson", System.Text.RegularExpressions.Regex.Replace(await File.ReadAllTextAsync(files.LabelsPath), ",\"met_at\":\"[^\"]*\"", ""));
        var run = await CliRun.Of("evaluate", files.EventsPath, "--labels", older);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        StringAssert.Matches(run.Out, new System.Text.RegularExpressions.Regex(@"session_hijack +1 +1 +1 +[\d.]+ (s|min) +–\r?\n"));
    }

    [TestMethod]
    public async Task Made_up_runs_of_several_seeds_become_one_table()
    {
        var run = await CliRun.Of("evaluate", "--seeds", "1-2", "--tenants", "2", "--days", "0.2", "--events-per-minute", "10", "--repeats", "1");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        StringAssert.Contains(run.Out, " in 2 runs");
    }

    [TestMethod]
    public async Task The_first_two_days_of_busy_tenants_wake_nobody_for_their_nightly_jobs()
    {
        var run = await CliRun.Of("evaluate", "--seeds", "71", "--tenants", "3", "--days", "2", "--events-per-minute", "300", "--principals", "150", "--repeats", "1", "--show-false");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        StringAssert.Matches(run.Out, new System.Text.RegularExpressions.Regex(@"a tenant-day +\d+\.\d+ +0\.000\r?\n"), run.Out);
        StringAssert.Matches(run.Out, new System.Text.RegularExpressions.Regex(@"principal_beyond_habit +1 +1 +1 "));
    }

    [TestMethod]
    [DataRow("evaluate", "events.ndjson")]
    [DataRow("evaluate", "--labels", "labels.ndjson")]
    [DataRow("evaluate", "--seeds", "5-1")]
    [DataRow("evaluate", "--seeds", "1-100000")]
    [DataRow("evaluate", "--days", "0")]
    [DataRow("evaluate", "missing.ndjson", "--labels", "missing.ndjson")]
    public async Task Wrong_usage_is_said(params string[] args)
    {
        var run = await CliRun.Of(args);
        Assert.AreEqual(2, run.ExitCode, run.Out);
        Assert.IsGreaterThan(10, run.Error.Length);
        Assert.DoesNotContain("   at ", run.Error);
    }

    [TestMethod]
    public async Task A_line_that_is_no_label_is_named()
    {
        using var directory = new TempDirectory();
        var files = SimulationWriter.Write(directory["sim"], Small);
        var labels = directory.Write("labels.ndjson", "{}\n");
        var run = await CliRun.Of("evaluate", files.EventsPath, "--labels", labels);
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Error, "Line 1");
    }
}
