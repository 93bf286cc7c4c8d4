using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Streaming.History;
using AnomalyDetect.Streaming.Journals;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prometheus;

namespace AnomalyDetect.Streaming.Tests.History;

/// <summary>A history in a directory of its own, and rows to put into it.</summary>
internal sealed class HistoryRig : IDisposable
{
    private readonly TempDirectory _directory = new();

    public string Directory => _directory["history"];

    public FakeTimeProvider Time { get; } = new(SomeTelemetry.Monday);

    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    public HistoryLog Open(Func<HistoryOptions, HistoryOptions>? with = null, Func<string, IJournalFile>? files = null)
    {
        var options = new HistoryOptions { Directory = Directory };
        return HistoryLog.Open(with?.Invoke(options) ?? options, new HistoryMetrics(Registry), Time, NullLogger.Instance, files ?? (path => new JournalFile(path)));
    }

    public static HistoryBlock Block(long from, long to, IReadOnlyList<FeatureRow>? rows = null, string lane = "journal/0", int minutes = 5) => new(lane, from, to, minutes, rows ?? Rows(20, (int)from));

    public static List<FeatureRow> Rows(int count, int seed)
    {
        var dice = new Random(seed);
        var rows = new List<FeatureRow>();
        for (var i = 0; i < count; i++)
        {
            var values = default(FeatureVector);
            for (var j = 0; j < Features.Count; j++) values[j] = dice.Next(3) == 0 ? MathF.Log(1 + dice.Next(100)) : 0;
            rows.Add(new FeatureRow(
                Symbol.Create($"tenant {dice.Next(3)}"), dice.Next(4) == 0 ? null : Symbol.Create($"user-é {dice.Next(50)}"), SomeTelemetry.Monday.AddMinutes((5L * seed) + (5 * (i / 10))).Ticks, values));
        }

        return rows;
    }

    public List<FeatureRow> Read(out IReadOnlyList<string> problems, int minutes = 5)
    {
        using var snapshot = HistorySnapshot.Open(Directory, minutes);
        problems = snapshot.Problems;
        var rows = snapshot.Read().ToList();
        Assert.AreEqual(snapshot.Rows, rows.Count);
        CollectionAssert.AreEqual(Bits(rows), Bits(snapshot.Read()), "read twice");
        return rows;
    }

    public List<FeatureRow> Read()
    {
        var rows = Read(out var problems);
        Assert.IsEmpty(problems);
        return rows;
    }

    /// <summary>To hold rows against each other to the last bit.</summary>
    public static List<string> Bits(IEnumerable<FeatureRow> rows) => [.. rows.Select(row =>
    {
        var bits = new int[Features.Count];
        for (var j = 0; j < bits.Length; j++) bits[j] = BitConverter.SingleToInt32Bits(row.Values[j]);
        return $"{row.Tenant} {row.Principal} {row.Start} {string.Join(' ', bits)}";
    })];

    public string[] Files() => [.. System.IO.Directory.GetFiles(Directory).Order(StringComparer.Ordinal)];

    public void Dispose() => _directory.Dispose();
}
