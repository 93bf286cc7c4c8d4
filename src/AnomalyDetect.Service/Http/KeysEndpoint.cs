namespace AnomalyDetect.Service.Http;

/// <summary>Making, listing and revoking keys. A tenant's own admin sees and makes only keys of that tenant.</summary>
public sealed class KeysEndpoint(ApiKeys keys)
{
    public IResult List(HttpContext context)
    {
        var caller = context.Caller();
        return TypedResults.Json(new KeyList([.. keys.List().Where(k => caller.Covers(k.Tenants)).Select(k => KeyAnswer.Of(k))]), ApiJson.Default.KeyList);
    }

    public async Task<IResult> AddAsync(HttpContext context)
    {
        var caller = context.Caller();
        var (request, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.KeyRequest);
        if (problem is not null) return problem;
        if (KeyRules.Problem(request!) is { } wrong) return Problem.Result(400, "bad_key", wrong);
        var tenants = request!.Tenants ?? [];
        if (!caller.Covers(tenants))
            return Problem.Result(403, "tenant_not_allowed", "A key of some tenants can make keys of these tenants only; name them.");

        var (key, text) = keys.Make(request.Name!, request.Roles!, tenants);
        keys.Add(key, text, caller.Actor);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(KeyAnswer.Of(key, text), ApiJson.Default.KeyAnswer, statusCode: 201);
    }

    public IResult Revoke(HttpContext context, string id)
    {
        var caller = context.Caller();
        var key = keys.List().FirstOrDefault(k => k.Id == id);
        if (key is null || !caller.Covers(key.Tenants)) return Problem.Result(404, "key_unknown", "There is no such key.");
        keys.Revoke(id, caller.Actor);
        return TypedResults.NoContent();
    }
}
