using System.Text.Json;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Triage;

namespace AnomalyDetect.Service.Http;

/// <summary>
/// All that is known about one alert: the alert as recorded with its evidence and series, <c>verdicts</c> and <c>resolutions</c> (by hand), oldest first, <c>decisions</c>
/// as the feed has them, <c>deliveries</c>, and the <c>timeline</c>: every entry of the ledger about it, the newest where there are too many.
/// </summary>
public sealed class AlertDossier(IVerdictStore verdicts, IAlertCaseStore cases, IAlertLog log)
{
    private const int Most = 500;

    public ReadOnlyMemory<byte> Of(StoredAlert alert, TriageJudgement? triage)
    {
        var id = alert.Cursor.Id;
        return AlertJson.Of(alert, triage,
        [
            ("verdicts", AlertJson.Array(verdicts.Of(id))),
            ("resolutions", AlertJson.Array(cases.Resolutions(id))),
            ("decisions", AlertJson.Array(log.Decisions(id, Most).Select(DecisionRow.Json))),
            ("deliveries", AlertJson.Array(log.Deliveries(id, Most).Select(d => Bytes(DeliveryRow.Of(d))))),
            ("timeline", JsonSerializer.SerializeToUtf8Bytes(log.Timeline(id, Most), ApiJson.Default.IReadOnlyListAlertStep)),
        ]);
    }

    private static ReadOnlyMemory<byte> Bytes(DeliveryRow row) => JsonSerializer.SerializeToUtf8Bytes(row, ApiJson.Default.DeliveryRow);
}
