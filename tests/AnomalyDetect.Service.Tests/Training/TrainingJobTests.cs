using System.Text.Json;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Learning;
using AnomalyDetect.Learning.Registry;
using AnomalyDetect.Service.Tests.Fixtures;
using AnomalyDetect.Service.Training;
using AnomalyDetect.Simulation;

namespace AnomalyDetect.Service.Tests.Training;

[TestClass]
public sealed class TrainingJobTests
{
    private static readonly string[] Gate = ["--gate-seeds", "901"];

    [TestMethod]
    public async Task The_history_is_learned_from_judged_and_promoted_and_all_of_it_is_on_record()
    {
        await using var rig = await TrainingRig.CreateAsync();
        rig.Keep(TrainingRig.Rows());
        var dry = await rig.TrainAsync(["--dry-run", "--report", rig["dry"], .. Gate]);
        Assert.AreEqual(0, dry.ExitCode, dry.Out + dry.Error);
        Assert.IsEmpty(rig.Models, "a dry run registers nothing");

        var run = await rig.TrainAsync(["--promote", "--keep", "5", .. Gate]);
        Assert.AreEqual(0, run.ExitCode, run.Out + run.Error);
        StringAssert.Contains(run.Out, "Promoted: the champion is");
        var id = rig.Models.Single();
        Assert.AreEqual(id, rig.Champion);
        var registry = RegistryView.Of(Path.Combine(rig.Data, "models"));
        StringAssert.Contains(registry.Card(id).Reason, "trained on the service's history, passed the gate");
        Assert.IsNotNull(FeatureProfile.TryRead(registry.Attachment(id, FeatureProfile.FileName)!));

        var folder = Directory.GetDirectories(Path.Combine(rig.Data, "training")).Single();
        using var report = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "report.json")));
        var root = report.RootElement;
        Assert.IsTrue(root.GetProperty("passed").GetBoolean());
        Assert.IsGreaterThan(10, root.GetProperty("attacks").GetArrayLength());
        Assert.AreEqual(Features.Count, root.GetProperty("drift").GetArrayLength());
        var (trained, heldOut) = (root.GetProperty("training").GetProperty("to").GetDateTime(), root.GetProperty("held_out").GetProperty("from").GetDateTime());
        Assert.AreEqual(trained, heldOut, "nothing held out was learned from");
        Assert.IsLessThanOrEqualTo(heldOut, registry.Card(id).Training.To);
        var text = await File.ReadAllTextAsync(Path.Combine(folder, "report.md"));
        foreach (var plot in new[] { "recall.png", "calibration.png", "drift.png" })
        {
            StringAssert.Contains(text, $"]({plot})");
            CollectionAssert.AreEqual(new byte[] { 0x89, 0x50, 0x4E, 0x47 }, (await File.ReadAllBytesAsync(Path.Combine(folder, plot)))[..4]);
        }

        var again = await rig.TrainAsync("--promote", "--gate-seeds", "901");
        Assert.AreEqual(0, again.ExitCode, again.Out + again.Error);
        StringAssert.Contains(again.Out, "there is nothing to do");
        Assert.AreEqual(0, (await CliRun.Of("models", "rollback", "--reason", "second thoughts", "--data", rig.Data)).ExitCode);
        Assert.AreEqual(RegistryManifest.BuiltIn, rig.Champion);
        Assert.AreEqual(0, (await CliRun.Of("ledger", "verify", "--data", rig.Data)).ExitCode);
    }

    [TestMethod]
    public async Task A_span_poisoned_from_end_to_end_is_refused_and_can_be_forced_with_a_reason()
    {
        await using var rig = await TrainingRig.CreateAsync();
        rig.Keep(TrainingRig.Rows());
        Assert.AreEqual(0, (await rig.TrainAsync(["--promote", .. Gate])).ExitCode);
        var champion = rig.Champion;
        rig.Keep(TrainingRig.Rows(seed: 2, attacks: _ => true));
        var run = await rig.TrainAsync(["--promote", "--report", rig["poisoned"], .. Gate]);
        Assert.AreEqual(UserException.Refused, run.ExitCode, run.Out + run.Error);
        StringAssert.Contains(run.Out, "BROKEN  drift of kilobytes");
        StringAssert.Contains(run.Out, "were it an attack through the whole span");
        StringAssert.Contains(run.Error, "the champion stays");
        Assert.AreEqual(champion, rig.Champion);

        run = await rig.TrainAsync(["--promote", "--force", "--reason", "it is a drill", "--seed", "2", .. Gate]);
        Assert.AreEqual(0, run.ExitCode, run.Out + run.Error);
        Assert.AreNotEqual(champion, rig.Champion);
    }

    [TestMethod]
    public async Task Too_little_constant_and_no_history_say_so_by_their_own_exit_code()
    {
        await using var rig = await TrainingRig.CreateAsync();
        await ExpectAsync("There is nothing to learn from in the service's history yet");
        rig.Keep([.. TrainingRig.Rows(days: 1).Where(r => r.Start < SomeTelemetry.Monday.AddHours(5).Ticks)]);
        await ExpectAsync("4.9 hours in the service's history, where 24 are needed");
        rig.Keep(TrainingRig.Rows(days: 2, tenants: 1, principals: 1));
        await ExpectAsync("There is too little to learn from");
        rig.Keep([.. TrainingRig.Rows().Select(r => r with { Values = default })]);
        await ExpectAsync("No feature varied in");

        async Task ExpectAsync(string what)
        {
            var run = await rig.TrainAsync(["--promote", .. Gate]);
            Assert.AreEqual(UserException.TooLittle, run.ExitCode, run.Out + run.Error);
            StringAssert.Contains(run.Error, what);
            Assert.AreEqual(RegistryManifest.BuiltIn, rig.Champion);
        }
    }

    [TestMethod]
    public async Task One_tenant_is_enough_and_it_is_said()
    {
        await using var rig = await TrainingRig.CreateAsync();
        rig.Keep(TrainingRig.Rows(days: 6, tenants: 1));
        var run = await rig.TrainAsync();
        Assert.AreEqual(0, run.ExitCode, run.Out + run.Error);
        StringAssert.Contains(run.Out, "Only one tenant was seen");
        StringAssert.Contains(run.Out, "models promote");
    }

    [TestMethod]
    public async Task Windows_under_an_attack_an_analyst_confirmed_are_left_out_and_counted()
    {
        await using var rig = await TrainingRig.CreateAsync();
        await using (var service = await RunningService.StartAsync(o => o with { DataDirectory = rig.Data }))
        {
            await service.AttackAsync("tenant-0");
            var alert = service.Host.Store.Queries.Alerts(new Core.Persistence.AlertQuery { Most = 1 }).Single();
            using var json = JsonDocument.Parse(alert.Json);
            var verdict = await CliRun.Of("alerts", "verdict", json.RootElement.GetProperty("id").GetString()!, "true_positive", "--reason", "a real one", "--data", rig.Data);
            Assert.AreEqual(0, verdict.ExitCode, verdict.Error);
        }

        var now = DateTime.UtcNow;
        var shift = now.AddTicks(-(now.Ticks % TimeSpan.FromMinutes(5).Ticks)) - SomeTelemetry.Monday.AddDays(3).AddMinutes(-5);
        rig.Keep([.. TrainingRig.Rows().Select(r => r with { Start = r.Start + shift.Ticks })]);
        var run = await rig.TrainAsync();
        Assert.AreEqual(0, run.ExitCode, run.Out + run.Error);
        StringAssert.Matches(run.Out, new System.Text.RegularExpressions.Regex("[1-9]\\d* windows under 1 confirmed alerts were not learned from"));
    }

    [TestMethod]
    public async Task Two_jobs_at_once_and_a_champion_of_a_newer_program_end_in_a_sentence()
    {
        await using var rig = await TrainingRig.CreateAsync();
        rig.Keep(TrainingRig.Rows());
        using (TrainingLock.Take(rig.Data))
        {
            var second = await rig.TrainAsync("--promote");
            Assert.AreEqual(UserException.AlreadyRunning, second.ExitCode, second.Error);
            StringAssert.Contains(second.Error, "Another training is at work");
        }

        var id = SeededModels.Of(1).Id();
        using var directory = new TempDirectory();
        Assert.AreEqual(0, (await CliRun.Of("models", "add", SeededModels.Write(directory, 1), "--data", rig.Data)).ExitCode);
        Assert.AreEqual(0, (await CliRun.Of("models", "promote", id, "--reason", "first", "--data", rig.Data)).ExitCode);
        var card = Path.Combine(rig.Data, "models", id, "card.json");
        await File.WriteAllTextAsync(card, (await File.ReadAllTextAsync(card)).Replace("\"format\": 1", "\"format\": 9", StringComparison.Ordinal));
        var run = await rig.TrainAsync("--promote");
        Assert.AreEqual(UserException.Failed, run.ExitCode, run.Error);
        StringAssert.Contains(run.Error, "run the newer program");
        Assert.AreEqual(id, rig.Champion);
    }

    [TestMethod]
    public async Task What_cannot_be_registered_is_kept_and_can_be_added_later()
    {
        await using var rig = await TrainingRig.CreateAsync();
        rig.Keep(TrainingRig.Rows());
        var models = Path.Combine(rig.Data, "models");
        await File.WriteAllTextAsync(models, "in the way");
        var run = await rig.TrainAsync();
        Assert.AreEqual(UserException.Failed, run.ExitCode, run.Out + run.Error);
        StringAssert.Contains(run.Error, "It is kept in");
        File.Delete(models);
        var kept = Directory.GetFiles(rig.Data, "*.model.json").Single();
        var added = await CliRun.Of("models", "add", kept, "--data", rig.Data);
        Assert.AreEqual(0, added.ExitCode, added.Error);
    }

    [TestMethod]
    public async Task A_configured_model_file_that_cannot_be_read_does_not_stop_the_training_of_another()
    {
        await using var rig = await TrainingRig.CreateAsync();
        rig.Keep(TrainingRig.Rows());
        await File.WriteAllTextAsync(rig["config.json"], $$"""{ "data_directory": "{{rig.Data}}", "model_file": "none.json" }""");
        var run = await rig.TrainAsync("--config", rig["config.json"]);
        Assert.AreEqual(0, run.ExitCode, run.Out + run.Error);
        StringAssert.Contains(run.Out, "model_file is used and not the champion");
        Assert.HasCount(1, rig.Models);
    }

    [TestMethod]
    public async Task The_journal_and_files_of_the_same_events_can_be_learned_from()
    {
        await using var service = await RunningService.StartAsync();
        using var directory = new TempDirectory();
        var options = new SimulationOptions { Tenants = 3, Duration = TimeSpan.FromDays(3), EventsPerMinute = 20, Scenarios = [], Start = DateTime.UtcNow.Date.AddDays(-4) };
        var files = SimulationWriter.Write(directory["traffic"], options);
        foreach (var chunk in File.ReadLines(files.EventsPath).Chunk(5_000))
        {
            using var answer = await RunningService.PostAsync(service.Admin, string.Join('\n', chunk) + "\n");
            Assert.AreEqual(202, (int)answer.StatusCode);
        }

        var run = await CliRun.Of("train", "--data", service.Data, "--journal");
        Assert.AreEqual(0, run.ExitCode, run.Out + run.Error);
        StringAssert.Contains(run.Out, "of 3 tenants");
        run = await CliRun.Of("train", "--data", service.Data, files.EventsPath);
        Assert.AreEqual(0, run.ExitCode, run.Out + run.Error);
        Assert.HasCount(2, RegistryView.Of(Path.Combine(service.Data, "models")).Ids());
    }

    [TestMethod]
    public async Task A_dry_run_needs_no_store_and_leaves_none()
    {
        using var directory = new TempDirectory();
        var files = SimulationWriter.Write(directory["traffic"], new SimulationOptions { Tenants = 3, Duration = TimeSpan.FromDays(3), EventsPerMinute = 20, Scenarios = [] });
        var run = await CliRun.Of(["train", files.EventsPath, "--data", directory["data"], "--dry-run", "--report", directory["report"], .. Gate]);
        Assert.IsTrue(run.ExitCode is UserException.Done or UserException.Refused, run.Out + run.Error);
        StringAssert.Contains(run.Out, $"report in {directory["report"]}");
        Assert.IsFalse(Directory.Exists(directory["data"]));
        var promoted = await CliRun.Of(["train", files.EventsPath, "--data", directory["data"], "--promote", .. Gate]);
        Assert.AreEqual(UserException.WrongUsage, promoted.ExitCode, promoted.Out);
        StringAssert.Contains(promoted.Error, "There is no store at");
    }

    [TestMethod]
    public async Task The_configuration_alone_names_the_data_directory()
    {
        await using var rig = await TrainingRig.CreateAsync();
        rig.Keep(TrainingRig.Rows());
        var run = await CliRun.Of("train", "--config", rig["config.json"]);
        Assert.AreEqual(0, run.ExitCode, run.Out + run.Error);
        Assert.HasCount(1, rig.Models);
    }

    [TestMethod]
    [DataRow("--promote", "--dry-run")]
    [DataRow("--force")]
    [DataRow("--promote", "--force")]
    [DataRow("--kafka")]
    [DataRow("--from", "2026-01-01T00:00:00Z")]
    [DataRow("--kafka", "--from", "soon")]
    [DataRow("--kafka", "--from", "2026-01-01T00:00:00Z")]
    [DataRow("--journal", "--seeds", "3")]
    [DataRow("--keep", "-1")]
    public async Task Options_that_contradict_each_other_are_wrong_usage(params string[] args)
    {
        await using var rig = await TrainingRig.CreateAsync();
        var run = await rig.TrainAsync(args);
        Assert.AreEqual(UserException.WrongUsage, run.ExitCode, run.Out + run.Error);
    }
}
