using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Triage;

namespace AnomalyDetect.Service.Http;

/// <summary>Stored alerts as triage sees them now, in the API and on the command line alike.</summary>
internal static class TriagedAlerts
{
    /// <summary>Why alerts cannot be ordered by it.</summary>
    public const string Off = "Triage is off: the champion was trained without it, or it cannot be used ('anomalydetect models verify' says which). Give verdicts on alerts, and run 'anomalydetect train --promote'.";

    public static TriageJudgement? Judge(this TriageModel? triage, StoredAlert alert) =>
        triage is not null && JsonSerializer.Deserialize(alert.Json.Span, CoreJson.Default.Alert) is { } told ? triage.Judge(told) : null;

    /// <param name="alerts">Newest first.</param>
    /// <param name="most">By triage: so many of the most probable ones.</param>
    public static IEnumerable<ReadOnlyMemory<byte>> Show(this TriageModel? triage, IEnumerable<StoredAlert> alerts, AlertOrder order, int most)
    {
        var judged = alerts.Select(alert => (Alert: alert, Triage: triage.Judge(alert)));
        if (order == AlertOrder.Triage) judged = judged.OrderByDescending(j => j.Triage?.Probability ?? 0).Take(most);
        return judged.Select(j => AlertJson.Of(j.Alert, j.Triage));
    }
}
