using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Http;

/// <summary>Who is calling: the key's roles and tenants. An endpoint MUST ask <see cref="Sees"/> before it hands out or touches anything of a tenant.</summary>
/// <param name="secretHash">Of the key's text that was sent: after a rotation two texts are good for a while.</param>
public sealed class Caller(ApiKey key, byte[] secretHash)
{
    private readonly HashSet<string> _tenants = new(key.Tenants, StringComparer.Ordinal);

    public ApiKey Key => key;

    /// <summary>For whoever asks again whether the text still opens.</summary>
    internal byte[] SecretHash => secretHash;

    /// <summary>As ledger entries name it.</summary>
    public string Actor => $"key {key.Id}";

    /// <summary>Bound to no tenant.</summary>
    public bool SeesAll => _tenants.Count == 0;

    /// <summary>Its tenants; empty for all.</summary>
    public IReadOnlyList<string> Tenants => key.Tenants;

    public bool Has(ApiRole role) => key.Roles.Contains(role);

    public bool Sees(string tenant) => SeesAll || _tenants.Contains(tenant);

    /// <summary>May speak for all of these; an empty list stands for every tenant.</summary>
    public bool Covers(IReadOnlyList<string> tenants) => SeesAll || (tenants.Count > 0 && tenants.All(_tenants.Contains));
}

internal static class CallerExtensions
{
    /// <summary>Set by <see cref="KeyAuthentication"/> before any endpoint that needs a key.</summary>
    public static Caller Caller(this HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException("this endpoint was reached without a key");
}
