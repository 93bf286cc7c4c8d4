using System.Text.Json;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.CommandLine;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Evaluating.Triage;
using AnomalyDetect.Service.Tests.Fixtures;
using AnomalyDetect.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace AnomalyDetect.Service.Tests.Training;

[TestClass]
public sealed class TriageTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Verdicts_are_learned_from_with_the_model_and_order_alerts_until_their_file_is_damaged()
    {
        await using var rig = await TrainingRig.CreateAsync();
        rig.Keep(TrainingRig.Rows());
        var few = await rig.TrainAsync();
        Assert.AreEqual(0, few.ExitCode, few.Out + few.Error);
        StringAssert.Contains(few.Out, "Triage needs 50 verdicts, 10 of them true_positive and 10 false_positive or benign; there are 0 and 0");
        var off = await CliRun.Of("alerts", "list", "--by", "triage", "--data", rig.Data);
        Assert.AreEqual(UserException.Failed, off.ExitCode);
        StringAssert.Contains(off.Error, "Triage is off");

        await using (var service = await RunningService.StartAsync(o => In(rig, o)))
        {
            Assert.AreEqual(409, (int)(await service.Admin.GetAsync("/v1/alerts?by=triage")).StatusCode);
            Assert.AreEqual(400, (int)(await service.Admin.GetAsync("/v1/alerts?by=beauty")).StatusCode);
            var from = DateTime.UtcNow.AddSeconds(-40);
            using (var answer = await RunningService.PostAsync(service.Admin, string.Concat(Enumerable.Range(0, 60).Select(i => Lines.Forged($"t-{i:00}", $"203.0.113.{i}", i % 2 == 0 ? 15 : 70, from)))))
                Assert.AreEqual(202, (int)answer.StatusCode);
            await Wait.UntilAsync(() => Alerts(service).Count(a => a.Observed > (IsAttack(a) ? 30 : 10)) == 60, "every tenant has its alert");
            foreach (var alert in Alerts(service)) service.Host.Store.Verdicts.Give(alert.Id, IsAttack(alert) ? Verdict.TruePositive : Verdict.Benign, "test", "made so");
        }

        var run = await rig.TrainAsync("--promote", "--seed", "2", "--gate-seeds", "901");
        Assert.AreEqual(0, run.ExitCode, run.Out + run.Error);
        StringAssert.Contains(run.Out, "Triage learned from 30 confirmed alerts and 30 that were waved away");
        var list = (await CliRun.Of("alerts", "list", "--by", "triage", "--limit", "30", "--data", rig.Data)).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.HasCount(30, list);
        foreach (var line in list) StringAssert.Contains(line, "  true_positive  triage ");

        await using (var service = await RunningService.StartAsync(o => In(rig, o)))
        {
            var alerts = (await RunningService.JsonAsync(service.Admin, "/v1/alerts?by=triage&limit=60")).GetProperty("alerts").EnumerateArray().ToList();
            var probabilities = alerts.Select(Probability).ToList();
            Assert.IsTrue(probabilities.SequenceEqual(probabilities.OrderDescending()));
            Assert.IsGreaterThan(probabilities[^1] + 0.3, probabilities[0]);
            var one = await RunningService.JsonAsync(service.Admin, $"/v1/alerts/{alerts[0].GetProperty("id").GetString()}");
            Assert.AreEqual(probabilities[0], Probability(one));
            Assert.AreNotEqual(0, one.GetProperty("triage").GetProperty("drivers").GetArrayLength());
        }

        await RefreshesBesideAChampionThatStaysAsync(rig);
        await File.AppendAllTextAsync(Directory.GetFiles(Path.Combine(rig.Data, "models", "triage")).Single(), " ");
        var verify = await CliRun.Of("models", "verify", "--data", rig.Data);
        Assert.AreNotEqual(0, verify.ExitCode);
        StringAssert.Contains(verify.Out + verify.Error, "Triage is off");
        await using var after = await RunningService.StartAsync(o => In(rig, o));
        Assert.AreEqual(rig.Champion, after.Host.Models.Now.Id);
        StringAssert.Contains(after.Host.Models.Now.Problem, "Triage is off");
        Assert.IsFalse((await RunningService.JsonAsync(after.Admin, "/v1/alerts")).GetProperty("alerts")[0].TryGetProperty("triage", out _));
    }

    /// <summary>Nothing is added to what is learned from.</summary>
    private static ServiceOptions In(TrainingRig rig, ServiceOptions options) => options with { DataDirectory = rig.Data, History = options.History with { Retention = TimeSpan.Zero } };

    /// <summary>The same history gives the same model, and other verdicts another triage, which a running service takes.</summary>
    private static async Task RefreshesBesideAChampionThatStaysAsync(TrainingRig rig)
    {
        var champion = rig.Champion;
        await using var service = await RunningService.StartAsync(o => In(rig, o));
        var again = await rig.TrainAsync("--promote", "--seed", "2", "--gate-seeds", "901");
        Assert.AreEqual(0, again.ExitCode, again.Out + again.Error);
        Assert.DoesNotContain("are ranked by what triage learned", again.Out, "nothing was said since");
        foreach (var alert in Alerts(service).Where(a => !IsAttack(a)).Take(3)) service.Host.Store.Verdicts.Give(alert.Id, Verdict.TruePositive, "test", "it was one after all");
        var run = await rig.TrainAsync("--promote", "--seed", "2", "--gate-seeds", "901");
        Assert.AreEqual(champion, rig.Champion);
        StringAssert.Contains(run.Out, $"Alerts of {champion} are ranked by what triage learned just now");
        Assert.AreEqual(33, service.Host.Models.Now.Triage!.Confirmed);
    }

    private static double Probability(JsonElement alert) => alert.GetProperty("triage").GetProperty("probability").GetDouble();

    private static bool IsAttack(Alert alert) => int.Parse(alert.TenantId[2..], System.Globalization.CultureInfo.InvariantCulture) % 2 == 1;

    private static List<Alert> Alerts(RunningService service) =>
        [.. service.Host.Store.Queries.Alerts(new AlertQuery { Most = 1000 }).Select(a => JsonSerializer.Deserialize(a.Json.Span, Core.CoreJson.Default.Alert)!).Where(a => a.Signal == Signal.InvalidClaimInjection)];

    [TestMethod]
    [DataRow(41)]
    [DataRow(42)]
    public async Task With_200_verdicts_an_analyst_sees_at_most_half_of_the_false_alerts_of_a_later_span_before_nearly_all_of_the_others(int seed)
    {
        using var progress = new ProgressLine(new Terminal(TextWriter.Null, TextWriter.Null, false, false));
        var traffic = new SimulationOptions { Seed = seed, Tenants = 10, PrincipalsPerTenant = 20, Duration = TimeSpan.FromDays(14), EventsPerMinute = 30, Repeats = 8 };
        var engine = ConfigFile.Load(null, options => options).Engine;
        var run = await TriageEvaluation.RunAsync(traffic, engine, DriftEvaluationTests.Nightly, 200, NullLogger.Instance, progress, TestContext.CancellationToken);
        foreach (var line in TriageReport.Of([run])) TestContext.WriteLine(line);

        Assert.IsInRange(190, 200, run.Learned!.Confirmed + run.Learned.WavedAway, "what was waved away beside a confirmed one does not count");
        var (attacks, others) = (run.Shown(0, attacks: true), run.Shown(0, attacks: false));
        Assert.IsGreaterThan(50, attacks);
        Assert.IsGreaterThan(50, others);
        var from = run.ProbabilityFor(0.95);
        Assert.IsLessThanOrEqualTo(others / 2, run.Shown(from, attacks: false), "of the false alerts, alert by alert");
        Assert.IsGreaterThanOrEqualTo(0.97 * run.Found(0), run.Found(from), "of the attacks that are found without triage");
    }
}
