using System.Buffers;
using System.IO.Compression;
using System.Text.Json;

namespace AnomalyDetect.Simulation;

/// <summary>What was written where.</summary>
public sealed record SimulationFiles(string EventsPath, string LabelsPath, long Events, int Labels);

/// <summary>Writes a run as <c>events.ndjson</c> (or <c>events.ndjson.gz</c>) and <c>labels.ndjson</c>.</summary>
public static class SimulationWriter
{
    private const int BufferBytes = 1 << 16;

    /// <summary>Existing files of these names are replaced. The same options give the same bytes.</summary>
    /// <param name="directory">Made where it is missing.</param>
    /// <param name="gzip">Compresses the events.</param>
    /// <param name="progress">Called now and then with the events written so far and how much of the run they are, 0 to 1.</param>
    /// <exception cref="ArgumentException">Options out of range.</exception>
    /// <exception cref="IOException">The directory cannot be written to.</exception>
    public static SimulationFiles Write(
        string directory, SimulationOptions options, bool gzip = false, Action<long, double>? progress = null, CancellationToken cancellation = default)
    {
        var simulator = new TrafficSimulator(options);
        Directory.CreateDirectory(directory);
        var labels = Path.Combine(directory, "labels.ndjson");
        File.WriteAllText(labels, string.Concat(simulator.Labels.Select(l => l.ToJson() + "\n")));
        var path = Path.Combine(directory, gzip ? "events.ndjson.gz" : "events.ndjson");
        using var file = File.Create(path);
        using var stream = gzip ? new GZipStream(file, CompressionLevel.SmallestSize) : (Stream)file;
        return new SimulationFiles(path, labels, Write(simulator, options, stream, progress, cancellation), simulator.Labels.Count);
    }

    /// <summary>
    /// A run day by day, for those who do not want all of it on disk: each time the next day has been written the path of its file is given, and the day before is gone.
    /// </summary>
    /// <param name="directory">Made where it is missing.</param>
    /// <param name="progress">Called now and then with how much of the run has been made, 0 to 1.</param>
    /// <exception cref="IOException">The directory cannot be written to.</exception>
    public static IEnumerable<string> WriteDays(string directory, TrafficSimulator simulator, SimulationOptions options, Action<double>? progress = null)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, "day.ndjson");
        using var events = simulator.Generate().GetEnumerator();
        var more = events.MoveNext();
        for (var end = options.Start.AddDays(1); more; end = end.AddDays(1))
        {
            using (var file = File.Create(path))
            {
                var buffer = new ArrayBufferWriter<byte>(BufferBytes + 4096);
                using var json = new Utf8JsonWriter(buffer, EventJson.Options);
                for (; more && events.Current.OccurredAt < end; more = events.MoveNext())
                {
                    Append(events.Current, json, buffer);
                    if (buffer.WrittenCount < BufferBytes) continue;
                    file.Write(buffer.WrittenSpan);
                    buffer.ResetWrittenCount();
                    progress?.Invoke((events.Current.OccurredAt - options.Start) / options.Duration);
                }

                file.Write(buffer.WrittenSpan);
            }

            yield return path;
        }
    }

    /// <summary>The events of a run into any stream; returns how many.</summary>
    public static long Write(
        TrafficSimulator simulator, SimulationOptions options, Stream stream, Action<long, double>? progress = null, CancellationToken cancellation = default)
    {
        var buffer = new ArrayBufferWriter<byte>(BufferBytes + 4096);
        using var json = new Utf8JsonWriter(buffer, EventJson.Options);
        long events = 0;
        foreach (var e in simulator.Generate())
        {
            Append(e, json, buffer);
            events++;
            if (buffer.WrittenCount < BufferBytes) continue;
            cancellation.ThrowIfCancellationRequested();
            stream.Write(buffer.WrittenSpan);
            buffer.ResetWrittenCount();
            progress?.Invoke(events, (e.OccurredAt - options.Start) / options.Duration);
        }

        stream.Write(buffer.WrittenSpan);
        return events;
    }

    private static void Append(SimulatedEvent e, Utf8JsonWriter json, ArrayBufferWriter<byte> buffer)
    {
        e.WriteTo(json);
        json.Flush();
        json.Reset();
        EventJson.EndLine(buffer);
    }
}
