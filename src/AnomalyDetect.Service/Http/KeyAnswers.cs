using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Http;

/// <param name="Tenants">Missing or empty: every tenant.</param>
/// <param name="ExpiresAt">From then on it opens nothing; null: until it is revoked.</param>
public sealed record KeyRequest(string? Name, IReadOnlyList<ApiRole>? Roles, IReadOnlyList<string>? Tenants, DateTimeOffset? ExpiresAt = null);

/// <param name="GraceSeconds">How long the text before stays good: 0 to 2,592,000 (30 days); null: a day.</param>
public sealed record KeyRotation(int? GraceSeconds)
{
    internal TimeSpan Grace => GraceSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : ApiKeys.DefaultGrace;
}

/// <param name="ExpiresAt">Null: it does not run out.</param>
/// <param name="PreviousUntil">Until then the text before its last rotation opens too.</param>
/// <param name="LastUsedAt">To a few minutes; null: not yet.</param>
/// <param name="Key">The key itself: only in the answer that made it.</param>
public sealed record KeyAnswer(
    string Id, string Name, IReadOnlyList<ApiRole> Roles, IReadOnlyList<string> Tenants, DateTime CreatedAt, DateTime? RevokedAt, DateTime? ExpiresAt,
    DateTime? PreviousUntil, DateTime? LastUsedAt, string? Key)
{
    public static KeyAnswer Of(ApiKey k, string? text = null) =>
        new(k.Id, k.Name, k.Roles, k.Tenants, k.CreatedAt, k.RevokedAt, k.ExpiresAt, k.PreviousUntil, k.LastUsedAt, text);
}
