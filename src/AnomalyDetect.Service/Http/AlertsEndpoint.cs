using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Triage;

namespace AnomalyDetect.Service.Http;

/// <summary>Alerts at their latest revision, as stored, what analysts make of them, and what triage makes of them now.</summary>
/// <param name="triage">The one in force; null: off.</param>
public sealed class AlertsEndpoint(IQueries queries, IVerdictStore verdicts, IAlertWorkStore work, Func<TriageModel?> triage)
{
    /// <summary>
    /// <c>GET /v1/alerts?tenant=ID&amp;since=TIME&amp;until=TIME&amp;limit=N&amp;state=open|resolved&amp;verdict=WORD&amp;by=time|triage</c>: <c>{alerts: […]}</c>, newest first. The verdict
    /// <c>none</c> stands for alerts nobody has given one on. By triage: of the newest 1000, the most probable first.
    /// </summary>
    public IResult List(HttpContext context, string? tenant = null, string? since = null, int limit = 100, string? state = null, string? verdict = null, string? until = null, string? by = null)
    {
        var caller = context.Caller();
        var filter = new AlertFilter(tenant, since, state, verdict, limit, until, by);
        if (filter.Problem(out var query) is { } wrong) return Problem.Result(400, "bad_parameter", wrong);
        if (tenant is not null && !caller.Sees(tenant)) return Problem.Result(403, "tenant_not_allowed", "This key may not read that tenant.");
        var ranked = triage();
        if (filter.Order == AlertOrder.Triage && ranked is null) return Problem.Result(409, "triage_off", TriagedAlerts.Off);
        return new JsonRows("alerts", [.. ranked.Show(Read(caller, query), filter.Order, limit)]);
    }

    /// <summary><c>GET /v1/alerts/{id}</c>, with every verdict on it.</summary>
    public IResult Get(HttpContext context, string id) => Find(context, id) is { } alert ? new JsonRows(null, [AlertJson.Of(alert, verdicts.Of(id), triage().Judge(alert))]) : Unknown();

    /// <summary><c>POST /v1/alerts/{id}/verdict</c> with <c>{"verdict": "true_positive" | "false_positive" | "benign", "reason": …}</c>: the verdict as recorded.</summary>
    public async Task<IResult> JudgeAsync(HttpContext context, string id)
    {
        var (request, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.VerdictRequest);
        if (problem is not null) return problem;
        if (request!.Verdict is null || !Names.TryParse<Verdict>(request.Verdict, out var verdict))
            return Problem.Result(400, "bad_verdict", $"verdict must be one of {string.Join(", ", Names.All<Verdict>())}.");
        if (Reasons.Refusal(request.Reason) is { } refusal) return refusal;
        if (Find(context, id) is null || verdicts.Give(id, verdict, context.Caller().Actor, request.Reason!) is not { } given) return Unknown();
        return TypedResults.Json(given, CoreJson.Default.AlertVerdict);
    }

    /// <summary>
    /// <c>POST /v1/alerts/{id}/acknowledge</c> with <c>{"note": …}</c> or <c>{}</c>: somebody sees to it, and whoever would have been told next is not. The
    /// acknowledgement as recorded; the first one stands.
    /// </summary>
    public async Task<IResult> AcknowledgeAsync(HttpContext context, string id)
    {
        var (request, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.AcknowledgeRequest);
        if (problem is not null) return problem;
        if (request!.Note is not null && Reasons.Problem(request.Note) is not null) return Problem.Result(400, "bad_note", "A note must say something, in at most 1000 characters.");
        if (Find(context, id) is null || work.Acknowledge(id, context.Caller().Actor, request.Note) is not { } given) return Unknown();
        return TypedResults.Json(given, CoreJson.Default.AlertAcknowledgement);
    }

    private StoredAlert? Find(HttpContext context, string id) => queries.Alert(id) is { } alert && context.Caller().Sees(alert.TenantId) ? alert : null;

    private static IResult Unknown() => Problem.Result(404, "alert_unknown", "There is no such alert.");

    private IEnumerable<StoredAlert> Read(Caller caller, AlertQuery query)
    {
        if (query.TenantId is not null || caller.SeesAll) return queries.Alerts(query);
        if (caller.Tenants is [var only]) return queries.Alerts(query with { TenantId = only });
        return caller.Tenants.SelectMany(t => queries.Alerts(query with { TenantId = t })).OrderByDescending(DetectedAt).Take(query.Most);
    }

    private static DateTime DetectedAt(StoredAlert alert)
    {
        using var json = JsonDocument.Parse(alert.Json);
        return json.RootElement.GetProperty("detected_at").GetDateTime();
    }
}
