using System.IO.Compression;

namespace AnomalyDetect.Simulation.Tests;

/// <summary>The sample in <c>data/</c> is what its options give today. With ANOMALYDETECT_WRITE_SAMPLE=1 it is written anew instead.</summary>
[TestClass]
public sealed class SampleTests
{
    private const int MostBytes = 300 * 1024;

    [TestMethod]
    public void The_sample_is_small_and_is_what_its_options_give()
    {
        var data = DataDirectory();
        if (Environment.GetEnvironmentVariable("ANOMALYDETECT_WRITE_SAMPLE") == "1") SimulationWriter.Write(data, SimulationOptions.Sample, gzip: true);

        var simulator = new TrafficSimulator(SimulationOptions.Sample);
        using var expected = new MemoryStream();
        SimulationWriter.Write(simulator, SimulationOptions.Sample, expected);
        var path = Path.Combine(data, "events.ndjson.gz");
        using var actual = new MemoryStream();
        using (var file = File.OpenRead(path))
        using (var unpacked = new GZipStream(file, CompressionMode.Decompress)) unpacked.CopyTo(actual);

        Assert.IsLessThanOrEqualTo(MostBytes, new FileInfo(path).Length);
        Assert.IsTrue(expected.ToArray().AsSpan().SequenceEqual(actual.ToArray()), "events.ndjson.gz is not what the sample's options give: see data/README.md");
        CollectionAssert.AreEqual(simulator.Labels.Select(l => l.ToJson()).ToArray(), File.ReadAllLines(Path.Combine(data, "labels.ndjson")));
        CollectionAssert.AreEquivalent(SimulationOptions.Sample.Scenarios.ToArray(), simulator.Labels.Select(l => l.Kind).ToArray());
    }

    private static string DataDirectory()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "AnomalyDetect.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException($"no AnomalyDetect.sln above {AppContext.BaseDirectory}");
        return Path.Combine(directory.FullName, "data");
    }
}
