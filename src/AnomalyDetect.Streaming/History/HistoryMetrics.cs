using Prometheus;

namespace AnomalyDetect.Streaming.History;

/// <summary>What the history tells Prometheus.</summary>
public sealed class HistoryMetrics
{
    private readonly Counter _rows;
    private readonly Counter _dropped;
    private readonly Gauge _bytes;

    public HistoryMetrics(CollectorRegistry registry)
    {
        var m = Metrics.WithCustomRegistry(registry);
        _rows = m.CreateCounter("anomalydetect_history_rows_total", "Closed windows whose features were kept to learn from.");
        _dropped = m.CreateCounter("anomalydetect_history_dropped_rows_total", "Closed windows whose features could not be kept because the disk did not take them.");
        _bytes = m.CreateGauge("anomalydetect_history_bytes", "Bytes of the history of features on disk.");
    }

    internal void Kept(int rows, long bytes)
    {
        if (rows > 0) _rows.Inc(rows);
        _bytes.Set(bytes);
    }

    internal void Dropped(int rows) => _dropped.Inc(rows);
}
