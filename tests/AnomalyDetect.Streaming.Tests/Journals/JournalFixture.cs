using System.Text;
using AnomalyDetect.Streaming.Journals;
using AnomalyDetect.Streaming.Sources;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AnomalyDetect.Streaming.Tests.Journals;

/// <summary>A journal in a directory and at a time of the test's own.</summary>
public abstract class JournalFixture
{
    private protected static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private protected TempDirectory Directory { get; } = new();
    private protected FakeTimeProvider Time { get; } = new(Start);

    [TestCleanup]
    public void Cleanup() => Directory.Dispose();

    private protected Journal Open(Func<JournalOptions, JournalOptions>? with = null, FaultyDisk? disk = null)
    {
        var options = new JournalOptions { Directory = Directory.Path, Heartbeat = TimeSpan.Zero };
        options = with?.Invoke(options) ?? options;
        return disk is null ? Journal.Open(options, Time, NullLogger.Instance) : Journal.Open(options, Time, NullLogger.Instance, disk.Open);
    }

    private protected string[] Segments() => [.. System.IO.Directory.GetFiles(Directory.Path, "*.journal").Order(StringComparer.Ordinal)];

    private protected static List<(RawRecord Record, byte[] Bytes, string Text)> Read(Journal journal)
    {
        var records = new List<(RawRecord, byte[], string)>();
        using var reader = new JournalReader(journal, journal.Base, []);
        for (var batch = new RawBatch(null, 1024); reader.TryRead(batch); batch = new RawBatch(null, 1024))
        {
            foreach (var record in batch.Records)
            {
                var bytes = batch.Buffer.AsSpan(record.Start, record.Length).ToArray();
                records.Add((record, bytes, Encoding.Latin1.GetString(bytes)));
            }
        }

        return records;
    }
}
