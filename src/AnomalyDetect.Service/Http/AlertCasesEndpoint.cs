using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Exceptions;

namespace AnomalyDetect.Service.Http;

/// <param name="Until">When it runs out, in event time; at most 366 days from now.</param>
public sealed record ExceptionRequest(DateTimeOffset? Until, string? Reason)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    /// <summary>What is wrong beside a missing reason, in one sentence; null when it can be asked.</summary>
    internal string? Problem(DateTimeOffset now) =>
        Until is { } until && until > now && until <= now + Longest ? null : "Say in \"until\" when the exception runs out: a time to come, at most 366 days from now.";
}

/// <summary>Those in force that were granted on alerts; those of the configuration are not among them.</summary>
public sealed record ExceptionList(IReadOnlyList<GrantedException> Exceptions);

/// <summary>What people do about alerts: put them aside, and say what is expected.</summary>
public sealed class AlertCasesEndpoint(IQueries queries, IAlertCaseStore cases, ExceptionsInForce exceptions, TimeProvider time)
{
    /// <summary>
    /// <c>POST /v1/alerts/{id}/resolve</c> with <c>{"reason": …}</c>: the resolution as recorded. It holds for the revision that is the latest: an alert that grows on is open
    /// again. Decisions stay in force; undo them where they should not.
    /// </summary>
    public async Task<IResult> ResolveAsync(HttpContext context, string id)
    {
        var (request, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.ReasonRequest);
        if (problem is not null) return problem;
        if (Reasons.Refusal(request!.Reason) is { } refusal) return refusal;
        if (!Sees(context, id)) return Unknown();
        return cases.Resolve(id, context.Caller().Actor, request.Reason!) is { } resolved
            ? TypedResults.Json(resolved, CoreJson.Default.ManualResolution)
            : Problem.Result(409, "alert_not_open", "This alert is not open, so there is nothing to resolve.");
    }

    /// <summary>
    /// <c>POST /v1/alerts/{id}/exception</c> with <c>{"until": TIME, "reason": …}</c>: 201 and the exception as recorded. Findings of the alert's signal about the alert's
    /// entity, in its tenant, are from here on counted, and neither told nor acted upon. Said again, it replaces what was said before.
    /// </summary>
    public async Task<IResult> ExceptAsync(HttpContext context, string id)
    {
        var (request, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.ExceptionRequest);
        if (problem is not null) return problem;
        if (Reasons.Refusal(request!.Reason) is { } refusal) return refusal;
        if (request.Problem(time.GetUtcNow()) is { } wrong) return Problem.Result(400, "bad_exception", wrong);
        if (!Sees(context, id)) return Unknown();
        try
        {
            return exceptions.Grant(id, request.Until!.Value.UtcDateTime, context.Caller().Actor, request.Reason!) is { } granted
                ? TypedResults.Json(granted, CoreJson.Default.GrantedException, statusCode: 201)
                : Unknown();
        }
        catch (InvalidOperationException)
        {
            return Problem.Result(409, "too_many_exceptions", ExceptionsInForce.TooMany);
        }
    }

    /// <summary><c>GET /v1/exceptions</c>.</summary>
    public IResult List(HttpContext context)
    {
        var caller = context.Caller();
        return TypedResults.Json(new ExceptionList([.. cases.Exceptions(time.GetUtcNow().UtcDateTime).Where(x => caller.Sees(x.TenantId))]), ApiJson.Default.ExceptionList);
    }

    /// <summary><c>POST /v1/exceptions/{id}/end</c> with <c>{"reason": …}</c>: before its time.</summary>
    public async Task<IResult> EndAsync(HttpContext context, string id)
    {
        var (request, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.ReasonRequest);
        if (problem is not null) return problem;
        if (Reasons.Refusal(request!.Reason) is { } refusal) return refusal;
        var mine = cases.Exceptions(time.GetUtcNow().UtcDateTime).Any(x => x.Id == id && context.Caller().Sees(x.TenantId));
        return mine && exceptions.End(id, context.Caller().Actor, request.Reason!)
            ? TypedResults.NoContent()
            : Problem.Result(404, "exception_unknown", "There is no such exception in force.");
    }

    private bool Sees(HttpContext context, string id) => queries.Alert(id) is { } alert && context.Caller().Sees(alert.TenantId);

    private static IResult Unknown() => Problem.Result(404, "alert_unknown", "There is no such alert.");
}
