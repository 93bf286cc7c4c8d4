using AnomalyDetect.Learning;
using AnomalyDetect.Service.CommandLine;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Evaluating.Drift;
using AnomalyDetect.Service.Tests.Fixtures;
using AnomalyDetect.Service.Training;
using AnomalyDetect.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace AnomalyDetect.Service.Tests.Training;

[TestClass]
public sealed class DriftEvaluationTests
{
    /// <summary>Tried on little, so that a night takes seconds.</summary>
    internal static readonly TrainingJobOptions Nightly = new()
    {
        Training = new TrainingOptions(), Promote = true, GateSeeds = [901],
        GateTraffic = new SimulationOptions { Tenants = 3, PrincipalsPerTenant = 15, Duration = TimeSpan.FromDays(2), EventsPerMinute = 30, Repeats = 1 },
    };

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task A_detector_retrained_every_night_while_tenants_become_others_finds_the_attacks_and_goes_from_champion_to_champion()
    {
        var drift = new DriftOptions { From = TimeSpan.FromDays(3), Over = TimeSpan.FromDays(3) };
        var traffic = new SimulationOptions
        {
            Seed = 27, Tenants = 4, PrincipalsPerTenant = 15, EventsPerMinute = 25, Drift = drift, Duration = drift.From + drift.Over, WarmUp = drift.From, Repeats = 1,
        };
        using var progress = new ProgressLine(new Terminal(TextWriter.Null, TextWriter.Null, false, false));
        var run = await DriftEvaluation.RunAsync(traffic, ConfigFile.Load(null, o => o).Engine, Nightly, NullLogger.Instance, progress, TestContext.CancellationToken);
        List<string> report = [.. DriftReport.Of([run], drift)];
        foreach (var line in report) TestContext.WriteLine(line);

        Assert.HasCount(3, run.Nights);
        Assert.IsGreaterThanOrEqualTo(2, run.Nights.Count(n => n == UserException.Done), "models promoted");
        Assert.IsGreaterThan(15, run.Retrained.Attacks.Sum(a => a.Played));
        Assert.IsGreaterThanOrEqualTo(0.95, run.Retrained.Recall);
        Assert.IsGreaterThanOrEqualTo(run.Alone.Recall - 0.05, run.Retrained.Recall);
        Assert.IsEmpty(run.Retrained.Hurt);
        Assert.Contains(line => line.StartsWith("3 nights: ", StringComparison.Ordinal), report);
    }

    [TestMethod]
    [DataRow("--drift", "0")]
    [DataRow("--drift", "30", "--days", "3")]
    [DataRow("--drift", "30", "--triage", "200")]
    [DataRow("--triage", "3")]
    [DataRow("--triage", "200", "--days", "2")]
    public async Task Options_that_contradict_each_other_are_wrong_usage(params string[] args)
    {
        var run = await CliRun.Of(["evaluate", .. args]);
        Assert.AreEqual(UserException.WrongUsage, run.ExitCode, run.Out + run.Error);
    }
}
