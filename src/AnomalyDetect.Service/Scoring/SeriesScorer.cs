using System.Globalization;
using AnomalyDetect.Core;
using AnomalyDetect.Core.TimeSeries;

namespace AnomalyDetect.Service.Scoring;

/// <param name="Gaps">Rows whose value is empty or no number: scored 0, and nothing learned from them.</param>
internal readonly record struct ScoredRows(long Rows, long Gaps, long Alerts);

/// <summary>
/// A CSV of points through a detector, row by row: memory does not grow with the file. Times are RFC 3339 or <c>2014-04-01 00:00:00</c>, without a zone UTC;
/// they may stand still or go back, and are then taken as they are.
/// </summary>
internal static class SeriesScorer
{
    private const double AlertFrom = 0.5;

    /// <exception cref="InvalidDataException">No header with these columns, or a row that cannot be read; the message names the line.</exception>
    public static ScoredRows Run(TextReader input, TextWriter output, SeriesScoring detector, Action<long> progress, CancellationToken cancellation)
    {
        var header = (input.ReadLine() ?? throw new InvalidDataException("The input is empty; its first line must name the columns timestamp and value.")).Split(',');
        var (timeAt, valueAt) = (ColumnOf(header, "timestamp"), ColumnOf(header, "value"));
        output.Write("timestamp,value,anomaly_score\n");
        long rows = 0, gaps = 0, alerts = 0;
        for (var line = 2L; input.ReadLine() is { } text; line++)
        {
            if (text.Length == 0) continue;
            if (rows % 4096 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress(rows);
            }

            var cells = text.Split(',');
            if (cells.Length <= Math.Max(timeAt, valueAt)) throw new InvalidDataException($"Line {line} has {cells.Length} columns where the header has {header.Length}.");
            var score = detector.Score(TimeOf(cells[timeAt], line), ValueOf(cells[valueAt], line));
            rows++;
            if (double.IsNaN(score)) gaps++;
            if (score >= AlertFrom) alerts++;
            output.Write(string.Create(CultureInfo.InvariantCulture, $"{cells[timeAt]},{cells[valueAt]},{(double.IsNaN(score) ? 0 : score):0.######}\n"));
        }

        return new ScoredRows(rows, gaps, alerts);
    }

    private static int ColumnOf(string[] header, string name)
    {
        var at = Array.FindIndex(header, cell => cell.Trim().Trim('"').Equals(name, StringComparison.OrdinalIgnoreCase));
        return at >= 0 ? at : throw new InvalidDataException($"The first line names no column {name}; it must name timestamp and value.");
    }

    private static DateTime TimeOf(string cell, long line) =>
        DateTime.TryParse(cell, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw new InvalidDataException($"Line {line}: {Printable.Of(cell, 60)} is not a time such as 2014-04-01 00:00:00 or 2014-04-01T00:00:00Z.");

    /// <summary>Nothing, <c>nan</c> and <c>null</c> are gaps.</summary>
    private static double ValueOf(string cell, long line)
    {
        var text = cell.AsSpan().Trim();
        if (text.IsEmpty || text.Equals("nan", StringComparison.OrdinalIgnoreCase) || text.Equals("null", StringComparison.OrdinalIgnoreCase)) return double.NaN;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new InvalidDataException($"Line {line}: {Printable.Of(cell, 60)} is not a number; leave the cell empty where there is none.");
    }
}
