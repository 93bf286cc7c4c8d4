using AnomalyDetect.Bouncer.Feed;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer.Reporting;

/// <summary>
/// Sends what was enforced, one report at a time. A report that got no answer is sent again byte for byte, because the service may have taken it in; only one that
/// the service will never take is thrown away. One caller at a time.
/// </summary>
internal sealed class EnforcementReporter(EnforcementQueue queue, ServiceClient service, BouncerMetrics metrics)
{
    private long _batch;
    private (byte[] Json, int Count)? _unanswered;

    /// <summary>Reports everything that waits.</summary>
    /// <exception cref="FeedException">A report got no answer and will be sent again, or was refused and thrown away (<see cref="RefusedException"/>).</exception>
    public async Task ReportAsync(CancellationToken cancellation)
    {
        while ((_unanswered ??= Next()) is var (json, count))
        {
            try
            {
                await service.ReportAsync(json, cancellation).ConfigureAwait(false);
            }
            catch (RefusedException)
            {
                _unanswered = null;
                metrics.Reported(count, taken: false);
                throw;
            }

            _unanswered = null;
            metrics.Reported(count, taken: true);
        }
    }

    private (byte[] Json, int Count)? Next() => queue.Take(EnforcementReport.MaxDecisions, EnforcementReport.MaxMarks) is { Count: > 0 } enforced
        ? (new EnforcementReport(service.Instance, ++_batch, enforced).ToJson(), enforced.Count)
        : null;
}
