using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Formats;
using AnomalyDetect.Service.CommandLine;
using AnomalyDetect.Simulation;
using AnomalyDetect.Streaming.Replay;

namespace AnomalyDetect.Service.Replaying;

/// <summary>Telemetry made up from a seed, with its labels, on files that go when this does.</summary>
internal sealed class MadeUpRun : IDisposable
{
    private readonly DirectoryInfo _directory;
    private readonly SimulationFiles _files;

    private MadeUpRun(DirectoryInfo directory, SimulationFiles files, int seed) => (_directory, _files, Seed) = (directory, files, seed);

    public int Seed { get; }

    public string LabelsPath => _files.LabelsPath;

    /// <exception cref="UserException">The options contradict themselves.</exception>
    /// <exception cref="IOException">The temporary directory cannot be written.</exception>
    public static MadeUpRun Write(SimulationOptions options, ProgressLine progress, CancellationToken cancellation)
    {
        if (options.Validate() is { Count: > 0 } problems) throw new UserException(string.Join("; ", problems) + ".");
        var directory = Directory.CreateTempSubdirectory("anomalydetect-made-up-");
        try
        {
            var files = SimulationWriter.Write(
                directory.FullName, options, false, (events, part) => progress.Show(() => $"seed {options.Seed}: {events:N0} events made up, {part:P0}"), cancellation);
            return new MadeUpRun(directory, files, options.Seed);
        }
        catch
        {
            directory.Delete(true);
            throw;
        }
    }

    /// <summary>A replay of it: our own traffic may say that it is the platform's.</summary>
    public ReplayOptions ToReplay(EngineOptions engine) =>
        new() { Files = [_files.EventsPath], Format = EventFormats.Find("native")!, Engine = engine, TrustInternal = true };

    /// <summary>Tells how much of it was read.</summary>
    public Action<long> Reading(ProgressLine progress) => events => progress.Show(() => $"seed {Seed}: {events:N0} of {_files.Events:N0} events read");

    public void Dispose() => _directory.Delete(true);
}
