using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Http;

/// <summary>Making, listing, rotating and revoking keys. A tenant's own admin sees and makes only keys of that tenant. Every change holds from the next request on.</summary>
public sealed class KeysEndpoint(ApiKeys keys, TimeProvider time)
{
    /// <summary><c>GET /v1/keys</c>.</summary>
    public IResult List(HttpContext context)
    {
        var caller = context.Caller();
        return TypedResults.Json(new KeyList([.. keys.List().Where(k => caller.Covers(k.Tenants)).Select(k => KeyAnswer.Of(k))]), ApiJson.Default.KeyList);
    }

    /// <summary><c>POST /v1/keys</c> with a <see cref="KeyRequest"/>: 201 and the key's text, which is never shown again.</summary>
    public async Task<IResult> AddAsync(HttpContext context)
    {
        var caller = context.Caller();
        var (request, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.KeyRequest);
        if (problem is not null) return problem;
        if (KeyRules.Problem(request!, time.GetUtcNow()) is { } wrong) return Problem.Result(400, "bad_key", wrong);
        var tenants = request!.Tenants ?? [];
        if (!caller.Covers(tenants))
            return Problem.Result(403, "tenant_not_allowed", "A key of some tenants can make keys of these tenants only; name them.");

        var (key, text) = keys.Make(request.Name!, request.Roles!, tenants, request.ExpiresAt?.UtcDateTime);
        keys.Add(key, text, caller.Actor);
        return Shown(context, key, text, 201);
    }

    /// <summary>
    /// <c>POST /v1/keys/{id}/rotate</c> with <c>{"grace_seconds": N}</c> or <c>{}</c>: another text for the key. The one before is good for as long again (a day where nothing
    /// is said, at once no longer with 0).
    /// </summary>
    public async Task<IResult> RotateAsync(HttpContext context, string id)
    {
        var (rotation, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.KeyRotation);
        if (problem is not null) return problem;
        if (KeyRules.Problem(rotation!) is { } wrong) return Problem.Result(400, "bad_parameter", wrong);
        if (Find(context, id) is null) return Unknown();
        return keys.Rotate(id, rotation!.Grace, context.Caller().Actor) is var (key, text)
            ? Shown(context, key, text, 200)
            : Problem.Result(409, "key_not_in_force", "This key was revoked or has run out, so there is nothing to rotate; make another.");
    }

    /// <summary><c>DELETE /v1/keys/{id}</c>: neither of its texts opens anything any more.</summary>
    public IResult Revoke(HttpContext context, string id)
    {
        if (Find(context, id) is null) return Unknown();
        keys.Revoke(id, context.Caller().Actor);
        return TypedResults.NoContent();
    }

    private ApiKey? Find(HttpContext context, string id) => keys.List().FirstOrDefault(k => k.Id == id && context.Caller().Covers(k.Tenants));

    private static IResult Unknown() => Problem.Result(404, "key_unknown", "There is no such key.");

    private static IResult Shown(HttpContext context, ApiKey key, string text, int status)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(KeyAnswer.Of(key, text), ApiJson.Default.KeyAnswer, statusCode: status);
    }
}
