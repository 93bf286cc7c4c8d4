namespace AnomalyDetect.Streaming.Tests;

/// <summary>A directory of one test's own, gone afterwards.</summary>
internal sealed class TempDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("anomalydetect-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>Waits for something to become so, with a bound, and says what did not.</summary>
internal static class Eventually
{
    public static async Task IsAsync(Func<bool> condition, string what, int seconds = 30)
    {
        for (var until = Environment.TickCount64 + (seconds * 1000L); !condition();)
        {
            if (Environment.TickCount64 > until) Assert.Fail($"did not come about in {seconds} s: {what}");
            await Task.Delay(5);
        }
    }
}
