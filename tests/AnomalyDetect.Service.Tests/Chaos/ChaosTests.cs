namespace AnomalyDetect.Service.Tests.Chaos;

/// <summary>
/// The response while everything it depends on comes and goes. Short here; <c>ANOMALYDETECT_CHAOS=full</c> (<c>./run.ps1 chaos</c>) goes through 10,000 decisions and
/// 20 kills, and <c>ANOMALYDETECT_CHAOS_SEED</c> repeats a run.
/// </summary>
[TestClass]
public sealed class ChaosTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [Timeout(3_600_000, CooperativeCancellation = true)]
    public async Task Every_decision_stands_as_its_last_state_says_whatever_is_taken_away_and_whenever_the_process_is_killed()
    {
        if (!OperatingSystem.IsLinux()) Assert.Inconclusive("a disk is filled up on Linux only");
        var scale = ChaosScale.FromEnvironment();
        TestContext.WriteLine($"{scale}");
        await using var run = new ChaosRun(scale);
        var faults = await run.RunAsync();
        TestContext.WriteLine(run.Summary);
        Assert.IsEmpty(faults, $"seed {scale.Seed}: {faults.Count} faults:{Environment.NewLine}{string.Join(Environment.NewLine, faults.Take(40))}");
    }
}
