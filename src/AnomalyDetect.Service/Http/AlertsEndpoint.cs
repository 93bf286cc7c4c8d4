using System.Globalization;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Http;

/// <summary>Alerts at their latest revision, as stored.</summary>
public sealed class AlertsEndpoint(IQueries queries)
{
    private const int MaxLimit = 1000;

    /// <summary><c>GET /v1/alerts?tenant=ID&amp;since=TIME&amp;limit=N&amp;state=open|resolved</c>: <c>{alerts: […]}</c>, newest first.</summary>
    public IResult List(HttpContext context, string? tenant = null, string? since = null, int limit = 100, string? state = null)
    {
        var caller = context.Caller();
        if (limit is < 1 or > MaxLimit) return Problem.Result(400, "bad_parameter", $"limit must be 1 to {MaxLimit}.");
        AlertState? only = null;
        if (state is not null)
        {
            if (!Names.TryParse<AlertState>(state, out var named)) return Problem.Result(400, "bad_parameter", $"state must be {string.Join(" or ", Names.All<AlertState>())}.");
            only = named;
        }

        DateTime? from = null;
        if (since is not null)
        {
            if (!DateTime.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var parsed))
                return Problem.Result(400, "bad_parameter", "since must be a time such as 2026-01-31T12:00:00Z.");
            from = parsed;
        }

        if (tenant is not null && !caller.Sees(tenant)) return Problem.Result(403, "tenant_not_allowed", "This key may not read that tenant.");
        return new JsonRows("alerts", Read(caller, tenant, from, only, limit));
    }

    /// <summary><c>GET /v1/alerts/{id}</c>.</summary>
    public IResult Get(HttpContext context, string id)
    {
        var caller = context.Caller();
        if (queries.Alert(id) is not { } alert || !caller.Sees(alert.TenantId)) return Problem.Result(404, "alert_unknown", "There is no such alert.");
        return new JsonRows(null, [alert.Json]);
    }

    private IReadOnlyList<ReadOnlyMemory<byte>> Read(Caller caller, string? tenant, DateTime? since, AlertState? state, int limit)
    {
        if (tenant is not null || caller.SeesAll) return queries.Alerts(tenant, since, state, limit);
        if (caller.Tenants is [var only]) return queries.Alerts(only, since, state, limit);
        return [.. caller.Tenants.SelectMany(t => queries.Alerts(t, since, state, limit)).OrderByDescending(DetectedAt).Take(limit)];
    }

    private static DateTime DetectedAt(ReadOnlyMemory<byte> alert)
    {
        using var json = JsonDocument.Parse(alert);
        return json.RootElement.GetProperty("detected_at").GetDateTime();
    }
}
