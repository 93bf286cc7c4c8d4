using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Http;

/// <summary>Decisions that wait for a person, and the person's answer.</summary>
public sealed class ApprovalsEndpoint(IDecisionStore decisions)
{
    internal const string OwnRequest = "Whoever asked for this cannot approve it: somebody with another key has to (response.guards.approval.tenants).";

    private const int MaxLimit = 1000;

    private static IResult NotHeld => Problem.Result(409, "decision_not_held", "This decision does not wait for approval.");

    /// <summary><c>GET /v1/decisions/held?limit=N</c>, oldest first.</summary>
    public IResult List(HttpContext context, int limit = 100)
    {
        if (limit is < 1 or > MaxLimit) return Problem.Result(400, "bad_parameter", $"limit must be 1 to {MaxLimit}.");
        var caller = context.Caller();
        var held = caller.SeesAll
            ? decisions.Held(null, limit)
            : caller.Tenants.SelectMany(t => decisions.Held(t, limit)).OrderBy(h => h.Until).Take(limit);
        return TypedResults.Json(new HeldList([.. held.Select(HeldRow.Of)]), ApiJson.Default.HeldList);
    }

    /// <summary><c>POST /v1/decisions/{id}/approve</c> with <c>{"reason": …}</c>.</summary>
    public Task<IResult> ApproveAsync(HttpContext context, string id) => AnswerAsync(context, id, (actor, reason) => decisions.Approve(id, actor, reason) switch
    {
        null => NotHeld,
        { State: DecisionState.Held } => Problem.Result(409, "own_request", OwnRequest),
        var admission => Given(new ApprovalAnswer(id, admission.State, admission.Reason)),
    });

    /// <summary><c>POST /v1/decisions/{id}/refuse</c> with <c>{"reason": …}</c>.</summary>
    public Task<IResult> RefuseAsync(HttpContext context, string id) =>
        AnswerAsync(context, id, (actor, reason) => decisions.Refuse(id, actor, reason) ? Given(new ApprovalAnswer(id, DecisionState.Refused, reason)) : NotHeld);

    private static IResult Given(ApprovalAnswer answer) => TypedResults.Json(answer, ApiJson.Default.ApprovalAnswer);

    private async Task<IResult> AnswerAsync(HttpContext context, string id, Func<string, string, IResult> answer)
    {
        var (request, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.ReasonRequest);
        if (problem is not null) return problem;
        if (Reasons.Refusal(request!.Reason) is { } refusal) return refusal;
        if (decisions.Find(id) is not { } entry || !context.Caller().Sees(entry.Decision.TenantId)) return Problem.Result(404, "decision_unknown", "There is no such decision.");
        return answer(context.Caller().Actor, request.Reason!);
    }
}
