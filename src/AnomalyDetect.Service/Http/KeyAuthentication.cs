using System.Security.Cryptography;
using System.Text;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Http;

/// <summary>
/// Lets a <c>/v1</c> request through to its endpoint only with a key that has one of the endpoint's roles. Closed by default: an endpoint under <c>/v1</c>
/// that names no role answers nobody.
/// </summary>
/// <remarks>Keys are looked up by their SHA-256, so how long a look-up takes says nothing about a key's text.</remarks>
public sealed class KeyAuthentication(RequestDelegate next, IApiKeyStore keys)
{
    private const string Scheme = "Bearer ";
    private const int MaxKeyLength = 256;

    public Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        var open = endpoint?.Metadata.GetMetadata<OpenToAll>() is not null;
        if (open || (endpoint is null && !context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase))) return next(context);

        if (Authenticate(context.Request) is not { } key)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Problem.Write(context, 401, "key_missing_or_unknown", "Send a key that is in force as \"Authorization: Bearer <key>\".");
        }

        if (endpoint is not RouteEndpoint) return next(context); // the framework's 404 or 405, for those with a key
        var needed = endpoint.Metadata.GetMetadata<NeedsRole>();
        var caller = new Caller(key);
        if (needed is null || !needed.AnyOf.Any(caller.Has))
        {
            var roles = needed is null ? "none" : string.Join(" or ", needed.AnyOf.Select(Names.Of));
            return Problem.Write(context, 403, "role_missing", $"This key lacks the role this call needs: {roles}.");
        }

        context.Features.Set(caller);
        return next(context);
    }

    private ApiKey? Authenticate(HttpRequest request)
    {
        if (request.Headers.Authorization is not [{ } header] || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return null;
        var text = header.AsSpan(Scheme.Length).Trim();
        if (text.Length is 0 or > MaxKeyLength) return null;
        return keys.Find(HashOf(text)) is { RevokedAt: null } key ? key : null;
    }

    public static byte[] HashOf(ReadOnlySpan<char> key)
    {
        Span<byte> utf8 = stackalloc byte[MaxKeyLength * 3];
        return SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(key, utf8)]);
    }
}

/// <summary>On the few endpoints that need no key: health and metrics.</summary>
public sealed class OpenToAll;
