using System.Text.RegularExpressions;

namespace AnomalyDetect.Service.Http;

/// <summary>What a new key, and a rotation, must say of itself.</summary>
internal static partial class KeyRules
{
    private const int MaxName = 100;
    private const int MaxTenants = 1000;

    /// <summary>Null when all is well, or one sentence.</summary>
    public static string? Problem(KeyRequest request, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > MaxName) return $"Give the key a name of at most {MaxName} characters.";
        if (request.Roles is not { Count: > 0 } roles || roles.Distinct().Count() != roles.Count)
            return "Name at least one role, each once: ingest, read, respond, admin or enforcer.";
        var tenants = request.Tenants ?? [];
        if (tenants.Count > MaxTenants || tenants.Any(t => t is null || !TenantId().IsMatch(t)))
            return $"Tenants must be at most {MaxTenants} ids of letters, digits, dot, dash and underscore.";
        return request.ExpiresAt <= now ? "The expires_at has passed already; name a time to come, or none." : null;
    }

    /// <summary>Null when all is well, or one sentence.</summary>
    public static string? Problem(KeyRotation rotation) => rotation.GraceSeconds is { } grace && (grace < 0 || grace > ApiKeys.LongestGrace.TotalSeconds)
        ? $"grace_seconds must be 0 to {ApiKeys.LongestGrace.TotalSeconds:0} (30 days)."
        : null;

    public static bool IsTenant(string id) => TenantId().IsMatch(id);

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,128}\z")]
    private static partial Regex TenantId();
}
