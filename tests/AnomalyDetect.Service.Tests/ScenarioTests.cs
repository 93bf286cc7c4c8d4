using System.Text.Json;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests;

/// <summary>
/// Scenarios as data: a folder holds input lines, what they are about, a configuration where the default will not do, and what must come of them through
/// <c>replay</c>. An expected alert or decision names what it promises; what it leaves out is free. Nothing beyond the expected may be found.
/// </summary>
[TestClass]
public sealed class ScenarioTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "AnomalyDetect.Service.Tests", "Scenarios");

    public static IEnumerable<object[]> Names => Directory.EnumerateDirectories(Folder).Order(StringComparer.Ordinal).Select(d => new object[] { Path.GetFileName(d) });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public async Task The_scenario_ends_as_expected(string name)
    {
        using var output = new TempDirectory();
        var folder = Path.Combine(Folder, name);
        var config = Path.Combine(folder, "config.json");
        string[] configured = File.Exists(config) ? ["--config", config] : [];
        var run = await CliRun.Of(["replay", Path.Combine(folder, "input.ndjson"), "--out", output.Path, .. configured]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var expected = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "alerts.expected.json"))).RootElement;
        Compare(expected.GetProperty("alerts"), output["alerts.ndjson"], "alert");
        Compare(expected.GetProperty("decisions"), output["decisions.ndjson"], "decision");
        Assert.AreEqual(0, JsonDocument.Parse(await File.ReadAllTextAsync(output["summary.json"])).RootElement.GetProperty("rejected").GetInt32());
    }

    [TestMethod]
    public void Every_signal_has_a_scenario_that_fires_and_a_benign_twin()
    {
        var names = Names.Select(n => (string)n[0]).ToList();
        // What a model finds depends on the model, and none is given here.
        foreach (var signal in Core.Names.All<Core.Alerts.Signal>().Where(s => s != Core.Names.Of(Core.Alerts.Signal.MlSpike)))
        {
            Assert.Contains($"{signal}-fires", names);
            Assert.Contains($"{signal}-quiet", names);
        }
    }

    private static void Compare(JsonElement expected, string file, string what)
    {
        var lines = File.ReadAllLines(file);
        var found = lines.Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.AreEqual(expected.GetArrayLength(), found.Count, $"{what}s:\n{string.Join('\n', lines)}");
        foreach (var (i, want) in expected.EnumerateArray().Index())
            foreach (var promise in want.EnumerateObject())
                Assert.IsTrue(
                    found[i].TryGetProperty(promise.Name, out var value) && JsonElement.DeepEquals(promise.Value, value),
                    $"{what} {i}: {promise.Name} should be {promise.Value}:\n{lines[i]}");
    }
}
