using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Http;

/// <summary>What is protected, and the switch that halts all enforcement.</summary>
public sealed class GuardsEndpoint(IGuardStore guards, TimeProvider time)
{
    private const int AtOnce = 500;

    /// <summary><c>GET /v1/protections</c>. A key of some tenants sees theirs.</summary>
    public IResult List(HttpContext context)
    {
        var caller = context.Caller();
        return TypedResults.Json(new ProtectionList([.. guards.Protections.Where(p => caller.SeesAll || (p.TenantId is { } t && caller.Sees(t)))]), ApiJson.Default.ProtectionList);
    }

    /// <summary><c>POST /v1/protections</c> with a <see cref="ProtectionRequest"/>: 201. What stands against it is undone at once; protecting it again replaces what was said of it.</summary>
    public async Task<IResult> AddAsync(HttpContext context)
    {
        var caller = context.Caller();
        var (request, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.ProtectionRequest);
        if (problem is not null) return problem;
        if (Reasons.Refusal(request!.Reason) is { } refusal) return refusal;
        if (request.Problem(time.GetUtcNow()) is { } wrong) return Problem.Result(400, "bad_protection", wrong);
        if (request.TenantId is { } tenant ? !caller.Sees(tenant) : !caller.SeesAll)
            return Problem.Result(403, "tenant_not_allowed", "A key of some tenants protects in these tenants only; name one in tenant_id.");
        return guards.Protect(request.TenantId, request.Kind!.Value, request.Value!, request.ExpiresAt?.UtcDateTime, caller.Actor, request.Reason!) is { } receipt
            ? TypedResults.Json(new ProtectionAnswer(receipt.Protection, receipt.Undone, receipt.Refused), ApiJson.Default.ProtectionAnswer, statusCode: 201)
            : Problem.Result(409, "too_many_protections", $"There are {IGuardStore.MostProtections} protections already; take some away, or protect a range or pattern instead.");
    }

    /// <summary><c>POST /v1/protections/{id}/remove</c> with <c>{"reason": …}</c>.</summary>
    public async Task<IResult> RemoveAsync(HttpContext context, string id)
    {
        var caller = context.Caller();
        var (request, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.ReasonRequest);
        if (problem is not null) return problem;
        if (Reasons.Refusal(request!.Reason) is { } refusal) return refusal;
        var mine = guards.Protections.Any(p => p.Id == id && (caller.SeesAll || (p.TenantId is { } t && caller.Sees(t))));
        return mine && guards.Unprotect(id, caller.Actor, request.Reason!) ? TypedResults.NoContent() : Problem.Result(404, "protection_unknown", "There is no such protection.");
    }

    /// <summary><c>GET /v1/enforcement</c>: whether it is halted, everywhere or in tenants the key sees.</summary>
    public IResult State(HttpContext context) => TypedResults.Json(EnforcementStateAnswer.Of(guards, context.Caller().Sees), ApiJson.Default.EnforcementStateAnswer);

    /// <summary>
    /// <c>POST /v1/enforcement/halt</c> with a <see cref="HaltRequest"/>: from the moment it is recorded nothing new takes effect and nothing is sent, in every tenant or in the one
    /// named; then everything in force there is withdrawn. It comes back neither by itself nor with the resumption.
    /// </summary>
    public Task<IResult> HaltAsync(HttpContext context) => SwitchAsync(context, (caller, request) => Halt(guards, caller.Actor, request, caller.Sees));

    /// <summary><c>POST /v1/enforcement/resume</c> with a <see cref="HaltRequest"/>.</summary>
    public Task<IResult> ResumeAsync(HttpContext context) => SwitchAsync(context, (caller, request) =>
    {
        guards.Resume(caller.Actor, request.Reason!, request.TenantId);
        return EnforcementStateAnswer.Of(guards, caller.Sees);
    });

    internal static EnforcementStateAnswer Halt(IGuardStore guards, string actor, HaltRequest request, Func<string, bool> sees)
    {
        guards.Halt(actor, request.Reason!, request.TenantId);
        var withdrawn = 0;
        while (guards.Withdraw(AtOnce) is > 0 and var some) withdrawn += some;
        return EnforcementStateAnswer.Of(guards, sees, withdrawn);
    }

    private static async Task<IResult> SwitchAsync(HttpContext context, Func<Caller, HaltRequest, EnforcementStateAnswer> change)
    {
        var caller = context.Caller();
        var (request, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.HaltRequest);
        if (problem is not null) return problem;
        if (Reasons.Refusal(request!.Reason) is { } refusal) return refusal;
        if (request.Problem is { } wrong) return Problem.Result(400, "bad_parameter", wrong);
        if (request.TenantId is { } tenant ? !caller.Sees(tenant) : !caller.SeesAll)
            return Problem.Result(403, "tenant_not_allowed", "A key of some tenants halts and resumes enforcement in these only; name one in tenant_id.");
        return TypedResults.Json(change(caller, request), ApiJson.Default.EnforcementStateAnswer);
    }
}
