using System.Text.RegularExpressions;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Http;

/// <summary>Making, listing and revoking keys. A tenant's own admin sees and makes only keys of that tenant.</summary>
public sealed partial class KeysEndpoint(ApiKeys keys)
{
    private const int MaxName = 100;
    private const int MaxTenants = 1000;

    public IResult List(HttpContext context)
    {
        var caller = context.Features.GetRequiredFeature<Caller>();
        return TypedResults.Json(new KeyList([.. keys.List().Where(k => caller.Covers(k.Tenants)).Select(k => KeyAnswer.Of(k))]), ApiJson.Default.KeyList);
    }

    public async Task<IResult> AddAsync(HttpContext context)
    {
        var caller = context.Features.GetRequiredFeature<Caller>();
        var (request, problem) = await JsonBody.ReadAsync(context, ApiJson.Default.KeyRequest);
        if (problem is not null) return problem;
        var tenants = request!.Tenants ?? [];
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > MaxName)
            return Problem.Result(400, "bad_key", $"Give the key a name of at most {MaxName} characters.");
        if (request.Roles is not { Count: > 0 } roles || roles.Distinct().Count() != roles.Count)
            return Problem.Result(400, "bad_key", "Name at least one role, each once: ingest, read, respond, admin or enforcer.");
        if (tenants.Count > MaxTenants || tenants.Any(t => t is null || !TenantId().IsMatch(t)))
            return Problem.Result(400, "bad_key", $"Tenants must be at most {MaxTenants} ids of letters, digits, dot, dash and underscore.");
        if (!caller.Covers(tenants))
            return Problem.Result(403, "tenant_not_allowed", "A key of some tenants can make keys of these tenants only; name them.");

        var (key, text) = keys.Add(request.Name, roles, tenants, caller.Actor);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(KeyAnswer.Of(key, text), ApiJson.Default.KeyAnswer, statusCode: 201);
    }

    public IResult Revoke(HttpContext context, string id)
    {
        var caller = context.Features.GetRequiredFeature<Caller>();
        var key = keys.List().FirstOrDefault(k => k.Id == id);
        if (key is null || !caller.Covers(key.Tenants)) return Problem.Result(404, "key_unknown", "There is no such key.");
        keys.Revoke(id, caller.Actor);
        return TypedResults.NoContent();
    }

    [GeneratedRegex("^[A-Za-z0-9._-]{1,128}$")]
    private static partial Regex TenantId();
}
