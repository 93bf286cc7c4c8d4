using System.Security.Cryptography;
using System.Text;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Http;

/// <summary>
/// Lets a request through to its endpoint only with a key that has one of the roles, and the reach, that its <see cref="Operation"/> asks for. Closed by default: an
/// endpoint without one answers nobody.
/// </summary>
/// <remarks>Keys are looked up by their SHA-256, so how long a look-up takes says nothing about a key's text.</remarks>
public sealed class KeyAuthentication(RequestDelegate next, IApiKeyStore keys, KeyUsage usage)
{
    private const string Scheme = "Bearer ";
    private const int MaxKeyLength = 256;

    public Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        var operation = endpoint?.Metadata.GetMetadata<Operation>();
        if (operation?.Reach == Reach.Open || (endpoint is null && !context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase))) return next(context);

        if (HashIn(context.Request) is not { } hash || keys.Find(hash) is not { } key)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Problem.Write(context, 401, "key_missing_or_unknown", "Send a key that is in force as \"Authorization: Bearer <key>\".");
        }

        if (endpoint is not RouteEndpoint) return next(context); // the framework's 404 or 405, for those with a key
        usage.Mark(key.Id);
        var caller = new Caller(key, hash);
        if (operation is null || !operation.AnyOf.Any(caller.Has))
        {
            var roles = operation is null ? "none" : string.Join(" or ", operation.AnyOf.Select(Names.Of));
            return Problem.Write(context, 403, "role_missing", $"This key lacks the role this call needs: {roles}.");
        }

        if (operation.Reach == Reach.Installation && !caller.SeesAll)
            return Problem.Write(context, 403, "tenant_not_allowed", "This call is about every tenant at once; it needs a key that is bound to none.");

        context.Features.Set(caller);
        return next(context);
    }

    private static byte[]? HashIn(HttpRequest request)
    {
        if (request.Headers.Authorization is not [{ } header] || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return null;
        var text = header.AsSpan(Scheme.Length).Trim();
        if (text.Length is 0 or > MaxKeyLength) return null;
        return HashOf(text);
    }

    public static byte[] HashOf(ReadOnlySpan<char> key)
    {
        Span<byte> utf8 = stackalloc byte[MaxKeyLength * 3];
        return SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(key, utf8)]);
    }
}
