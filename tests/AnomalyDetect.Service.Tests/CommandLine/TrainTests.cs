using AnomalyDetect.Learning;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Tests.Fixtures;
using AnomalyDetect.Simulation;

namespace AnomalyDetect.Service.Tests.CommandLine;

[TestClass]
public sealed class TrainTests
{
    private static readonly string[] Small = ["--seeds", "5", "--tenants", "3", "--days", "3", "--events-per-minute", "20"];

    [TestMethod]
    public async Task A_model_is_learned_is_the_same_twice_and_is_taken_by_the_configuration()
    {
        using var directory = new TempDirectory();
        var run = await CliRun.Of(["train", "--out", directory["one.model.json"], .. Small]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        StringAssert.Contains(run.Out, "of 3 tenants");
        run = await CliRun.Of(["train", "--out", directory["two.model.json"], .. Small]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        CollectionAssert.AreEqual(await File.ReadAllBytesAsync(directory["one.model.json"]), await File.ReadAllBytesAsync(directory["two.model.json"]));

        var config = directory.Write("config.json", """{ "model_file": "one.model.json" }""");
        Assert.AreEqual(ModelFile.Read(directory["one.model.json"]).Id(), ConfigFile.Load(config, forService: false).Engine.Model!.Id(), "beside the configuration");
        Assert.AreEqual(ModelFile.ReadDefault().Id(), ConfigFile.Load(null, forService: false).Engine.Model!.Id());
    }

    [TestMethod]
    public async Task Files_are_learned_from_and_too_little_is_said()
    {
        using var directory = new TempDirectory();
        var options = new SimulationOptions { Tenants = 3, Duration = TimeSpan.FromDays(3), EventsPerMinute = 20, Scenarios = [] };
        var files = SimulationWriter.Write(directory["long"], options);
        var run = await CliRun.Of("train", files.EventsPath, "--out", directory["a.model.json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual("1 files", ModelFile.Read(directory["a.model.json"]).Training.Source);

        files = SimulationWriter.Write(directory["short"], options with { Duration = TimeSpan.FromHours(1) });
        run = await CliRun.Of("train", files.EventsPath, "--out", directory["b.model.json"]);
        Assert.AreEqual(UserException.TooLittle, run.ExitCode);
        StringAssert.Contains(run.Error, "There is too little to learn from");
        Assert.IsFalse(File.Exists(directory["b.model.json"]));
    }

    [TestMethod]
    [DataRow("train")]
    [DataRow("train", "missing.ndjson", "--out", "x")]
    [DataRow("train", "--days", "0", "--out", "x")]
    [DataRow("train", "--seeds", "b", "--out", "x")]
    public async Task Wrong_usage_is_said(params string[] args) => Assert.AreEqual(2, (await CliRun.Of(args)).ExitCode);

    [TestMethod]
    [DataRow("""{ "model_file": "none.json" }""", "there is none")]
    [DataRow("""{ "model_file": "cut.json" }""", "is cut short or is no model")]
    [DataRow("""{ "model_file": "new.json" }""", "is of version 9")]
    public void A_model_that_cannot_be_used_stops_the_start_and_says_why(string config, string why)
    {
        using var directory = new TempDirectory();
        directory.Write("cut.json", """{ "sha256": "ab", "model": { "ver""");
        directory.Write("new.json", """{ "model": { "version": 9 } }""");
        var problems = Assert.Throws<ConfigException>(() => ConfigFile.Load(directory.Write("config.json", config), forService: false)).Problems;
        Assert.IsTrue(problems.Any(p => p.StartsWith("model_file: ", StringComparison.Ordinal) && p.Contains(why, StringComparison.Ordinal)), string.Join('\n', problems));
    }
}
