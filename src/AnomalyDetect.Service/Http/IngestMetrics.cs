using Prometheus;

namespace AnomalyDetect.Service.Http;

/// <summary>What came in over HTTP. No tenant labels.</summary>
public sealed class IngestMetrics(CollectorRegistry registry)
{
    private readonly Counter _records = Metrics.WithCustomRegistry(registry)
        .CreateCounter("anomalydetect_http_records_total", "Records posted, by what became of them.", "result");

    private readonly Counter _bytes = Metrics.WithCustomRegistry(registry)
        .CreateCounter("anomalydetect_http_body_bytes_total", "Bytes of bodies with accepted records, unpacked.");

    private readonly Counter _refused = Metrics.WithCustomRegistry(registry)
        .CreateCounter("anomalydetect_http_bodies_refused_total", "Whole bodies refused, by reason.", "reason");

    public void Accepted(int records, int bytes)
    {
        _records.WithLabels("accepted").Inc(records);
        _bytes.Inc(bytes);
    }

    public void Rejected(int records) => _records.WithLabels("rejected").Inc(records);

    public void Refused(string reason) => _refused.WithLabels(reason).Inc();
}
