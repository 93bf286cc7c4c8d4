using System.Diagnostics;
using System.Reflection.PortableExecutable;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Service.Tests;

/// <summary>What a start leaves to the JIT. Counts of methods, for times are the machine's.</summary>
[TestClass]
public sealed class CompileAheadTests
{
    private const string OneEvent =
        """{"id":"e-1","time":"2026-03-02T09:00:00Z","tenant_id":"acme","type":"token_validation","outcome":"failure","reason":"invalid_claim","principal_id":"u-17","source_ip":"203.0.113.9"}""";

    /// <summary>The service as <c>dotnet build -c Release</c> leaves it, with the compiler's answers in obj where there was a compiler.</summary>
    private static string Built(string part)
    {
        var path = Path.Combine(Repository.Root, "src", "AnomalyDetect.Service", part, "Release", "net10.0");
        if (!Directory.Exists(Path.Combine(Repository.Root, "src", "AnomalyDetect.Service", "obj", "Release", "net10.0", "ahead"))) Assert.Inconclusive("This is no Release build, or the platform has no compiler for one.");
        return path;
    }

    [TestMethod]
    [DataRow("anomalydetect")]
    [DataRow("AnomalyDetect.Core")]
    [DataRow("AnomalyDetect.Formats")]
    [DataRow("AnomalyDetect.Streaming")]
    [DataRow("Akka.Streams")]
    public void A_release_build_is_compiled_ahead(string assembly)
    {
        using var image = new PEReader(File.OpenRead(Path.Combine(Built("bin"), assembly + ".dll")));
        Assert.IsGreaterThan(0, image.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size, "it is IL alone");
    }

    [TestMethod]
    public async Task A_replay_of_one_event_makes_no_serializer_and_compiles_little()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["one.ndjson"], OneEvent + "\n");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Built("bin"), "anomalydetect.dll"), "replay", directory["one.ndjson"], "--out", directory["out"]])
        {
            RedirectStandardError = true,
            // Untiered: with tiers the runtime now and then frees the list at its end while it still compiles, and crashes.
            Environment = { ["DOTNET_JitStdOutFile"] = directory["jit"], ["DOTNET_JitDisasmSummary"] = "1", ["DOTNET_TieredCompilation"] = "0" },
        };
        using var process = Process.Start(start)!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.AreEqual(0, process.ExitCode, said);
        var compiled = await File.ReadAllLinesAsync(directory["jit"]);
        Assert.IsNotEmpty(compiled);
        Assert.IsEmpty(compiled.Where(line => line.Contains("System.Text.Json.Serialization.Metadata", StringComparison.Ordinal)), "nothing is read or written by a serializer");
        // Some 350. The runtime may be another than what the build knew, and then takes less of what was compiled for it.
        Assert.IsLessThan(1000, compiled.Length, "a start leaves much more to the JIT than it did");
    }
}
