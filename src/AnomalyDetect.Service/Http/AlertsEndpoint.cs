using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Triage;
using Microsoft.AspNetCore.Mvc;

namespace AnomalyDetect.Service.Http;

/// <summary>Alerts at their latest revision, as stored, what analysts make of them, and what triage makes of them now.</summary>
/// <param name="triage">The one in force; null: off.</param>
public sealed class AlertsEndpoint(IQueries queries, IVerdictStore verdicts, IAlertWorkStore work, AlertDossier dossier, Func<TriageModel?> triage)
{
    /// <summary>
    /// <c>GET /v1/alerts?tenant=ID&amp;since=TIME&amp;until=TIME&amp;state=open|resolved&amp;severity=LEAST&amp;signal=WORD&amp;entity_kind=WORD&amp;entity=ID&amp;text=PART&amp;verdict=WORD&amp;by=time|triage&amp;limit=N</c>:
    /// <c>{alerts: […], next}</c>, newest first. The verdict <c>none</c> stands for alerts nobody has given one on. Where there may be more, <c>next</c> is to be given as
    /// <c>after</c>: pages neither repeat nor skip while new alerts come in. By triage: of the newest 1000, the most probable first.
    /// </summary>
    public IResult List(
        HttpContext context, string? tenant = null, string? since = null, string? until = null, string? state = null, string? severity = null, string? signal = null,
        [FromQuery(Name = "entity_kind")] string? entityKind = null, string? entity = null, string? text = null, string? verdict = null, string? after = null, string? by = null, int limit = 100)
    {
        var caller = context.Caller();
        var filter = new AlertFilter(tenant, since, state, verdict, limit, until, by)
        {
            Severity = severity, Signal = signal, EntityKind = entityKind, Entity = entity, Text = text, After = after,
        };
        if (filter.Problem(out var query) is { } wrong) return Problem.Result(400, "bad_parameter", wrong);
        if (tenant is not null && !caller.Sees(tenant)) return Problem.Result(403, "tenant_not_allowed", "This key may not read that tenant.");
        var ranked = triage();
        if (filter.Order == AlertOrder.Triage && ranked is null) return Problem.Result(409, "triage_off", TriagedAlerts.Off);
        var page = queries.Alerts(query with { Tenants = caller.Tenants });
        var isPage = filter.Order == AlertOrder.Time && page.Count == limit;
        return new JsonRows("alerts", [.. ranked.Show(page, filter.Order, limit)], isPage ? AlertFilter.ToText(page[^1].Cursor) : null);
    }

    /// <summary><c>GET /v1/alerts/{id}</c>: the alert with its evidence and series, every verdict and resolution, and what came of it (<see cref="AlertDossier"/>).</summary>
    public IResult Get(HttpContext context, string id) => Find(context, id) is { } alert ? new JsonRows(null, [dossier.Of(alert, triage().Judge(alert))]) : Unknown();

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
}
