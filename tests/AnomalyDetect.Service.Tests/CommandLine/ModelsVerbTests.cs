using AnomalyDetect.Learning;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.CommandLine;

[TestClass]
public sealed class ModelsVerbTests
{
    [TestMethod]
    public async Task Models_are_added_promoted_rolled_back_and_verified_through_the_running_service_and_on_the_directory()
    {
        using var directory = new TempDirectory();
        await using var service = await RunningService.StartAsync();
        await LifeAsync(directory, service.Data, 1);
        Assert.AreEqual(ModelFile.ReadDefault().Id(), service.Host.Models.Now.Id, "rolled back");
        await service.Host.DisposeAsync();
        await LifeAsync(directory, service.Data, 2);

        var ledger = await CliRun.Of("ledger", "verify", "--data", service.Data);
        Assert.AreEqual(0, ledger.ExitCode, ledger.Error);
    }

    private static async Task LifeAsync(TempDirectory directory, string data, int seed)
    {
        var id = SeededModels.Of(seed).Id();
        async Task Done(string said, params string[] args)
        {
            var run = await CliRun.Of(["models", .. args, "--data", data]);
            Assert.AreEqual(0, run.ExitCode, run.Error);
            StringAssert.Contains(run.Out, said);
        }

        await Done($"Model {id} is registered.", "add", SeededModels.Write(directory, seed), "--reason", "by hand\u001b[2J", "--metric", "recall=0.98", "--metric", "false_alerts=2e-3");
        await Done($"{id}  -  ", "list");
        await Done("\"recall\": 0.98", "show", id);
        await Done($"The champion is built-in with shadow {id}; in force is", "shadow", id, "--reason", "watch it");
        await Done($"{id}  shadow  ", "list");
        await Done("The champion is built-in; in force is", "shadow", "none", "--reason", "seen enough");
        await Done($"The champion is {id}; in force is {id} (registry).", "promote", id, "--reason", "better");
        await Done($"{id}  champion  ", "list");
        await Done($"champion {id}", "verify");
        await Done("The champion is built-in; in force is", "rollback", "--reason", "worse");

        await Done("There is nothing to remove.", "prune", "--keep", "9");

        var path = Path.Combine(data, "models", id, "model.json");
        var whole = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, whole[..^5]);
        var verify = await CliRun.Of("models", "verify", "--data", data);
        Assert.AreEqual((1, ""), (verify.ExitCode, verify.Out));
        StringAssert.Contains(verify.Error, $"model.json of model {id} was changed after it was registered");
        Assert.AreEqual(1, (await CliRun.Of("models", "show", id, "--data", data)).ExitCode);
        var promote = await CliRun.Of("models", "promote", id, "--reason", "anyway", "--data", data);
        Assert.AreEqual(1, promote.ExitCode);
        StringAssert.Contains(promote.Error, "was changed after it was registered");
        await File.WriteAllBytesAsync(path, whole);
        Assert.AreEqual(1, (await CliRun.Of("models", "show", "0123456789abcdef", "--data", data)).ExitCode);
        Assert.AreEqual(1, (await CliRun.Of("models", "rollback", "--reason", "once more", "--data", data)).ExitCode);
    }

    [TestMethod]
    public async Task What_is_trained_goes_straight_into_the_registry_and_into_a_file_where_asked()
    {
        using var directory = new TempDirectory();
        await using var service = await RunningService.StartAsync();
        string[] small = ["--seeds", "5", "--tenants", "3", "--days", "3", "--events-per-minute", "20"];
        var run = await CliRun.Of(["train", "--data", service.Data, "--out", directory["a.model.json"], .. small]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var id = ModelFile.Read(directory["a.model.json"]).Id();
        StringAssert.Contains(run.Out, $"models promote {id} --reason");
        await service.Host.DisposeAsync();

        var list = await CliRun.Of("models", "list", "--data", service.Data);
        StringAssert.Contains(list.Out, $"{id}  -  ");
        StringAssert.Contains(list.Out, "trained on simulated traffic of seeds 5");
        run = await CliRun.Of(["train", "--data", service.Data, .. small]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        StringAssert.Contains(run.Out, "Registered");
    }

    [TestMethod]
    public async Task A_configured_model_file_is_said_to_win()
    {
        using var directory = new TempDirectory();
        await using var service = await RunningService.StartAsync();
        await service.Host.DisposeAsync();
        SeededModels.Write(directory, 7);
        var config = directory.Write("config.json", $$"""{ "data_directory": "{{service.Data}}", "model_file": "7.model.json" }""");
        Assert.AreEqual(0, (await CliRun.Of("models", "add", SeededModels.Write(directory, 1), "--config", config)).ExitCode);
        var promote = await CliRun.Of("models", "promote", SeededModels.Of(1).Id(), "--reason", "better", "--config", config);
        StringAssert.Contains(promote.Out, $"in force is {SeededModels.Of(7).Id()} (configuration)");
        StringAssert.Contains(promote.Error, "model_file is used and not the champion");
    }

    [TestMethod]
    [DataRow("models", "promote", "0123456789abcdef")]
    [DataRow("models", "rollback")]
    [DataRow("models", "prune", "--data", "missing")]
    [DataRow("models", "prune", "--keep", "-1", "--data", "missing")]
    [DataRow("models", "list", "--data", "missing")]
    [DataRow("models", "add", "missing.json", "--metric", "recall=much")]
    [DataRow("models", "add", "missing.json", "--metric", "=1")]
    [DataRow("models", "add", "missing.json", "--data", "missing")]
    [DataRow("train", "--data", "missing")]
    public async Task Wrong_usage_is_said_before_any_work(params string[] args)
    {
        var run = await CliRun.Of(args);
        Assert.AreEqual(2, run.ExitCode, run.Error);
        Assert.DoesNotContain("Exception", run.Error);
    }
}
