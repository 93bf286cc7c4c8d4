using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Service.Http;

/// <summary>Ends sessions and tokens at a person's word. What comes of it is a decision like any other: shown, verified, counted and undone as they are.</summary>
public sealed class RevocationsEndpoint(IDecisionStore decisions, IQueries queries, EnforcementOptions enforcement, TimeProvider time)
{
    /// <summary><c>POST /v1/revocations</c> with a <see cref="RevocationRequest"/>: 201, whatever the guards made of it.</summary>
    public async Task<IResult> PostAsync(HttpContext context)
    {
        var caller = context.Caller();
        var (request, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.RevocationRequest);
        if (problem is not null) return problem;
        if (Reasons.Refusal(request!.Reason) is { } refusal) return refusal;
        if (request.Problem(time.GetUtcNow()) is { } wrong) return Problem.Result(400, "bad_revocation", wrong);
        if (!caller.Sees(request.TenantId!)) return Problem.Result(403, "tenant_not_allowed", "This key may not revoke anything of that tenant.");
        return request.AlertProblem(queries) is { } unknown
            ? Problem.Result(404, "alert_unknown", unknown)
            : TypedResults.Json(Request(decisions, enforcement, request, caller.Actor, time.GetUtcNow()), ApiJson.Default.RevocationAnswer, statusCode: 201);
    }

    internal static RevocationAnswer Request(IDecisionStore decisions, EnforcementOptions enforcement, RevocationRequest request, string actor, DateTimeOffset now)
    {
        var decision = request.ToDecision(enforcement, actor, now);
        var admission = decisions.Request(decision, actor, request.Reason!);
        return new RevocationAnswer(decision.Id, admission.State, admission.Reason);
    }
}
