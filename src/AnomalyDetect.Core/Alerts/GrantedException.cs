using System.Security.Cryptography;
using System.Text;

namespace AnomalyDetect.Core.Alerts;

/// <summary>
/// What a person has said, on an alert, is expected of its entity: an <see cref="AlertException"/> that is recorded with who said so. Said again of the same signal and
/// entity of a tenant, it replaces what was said before.
/// </summary>
/// <param name="Id">Hash of tenant, signal and entity: <c>x</c> and 16 hex digits.</param>
/// <param name="AlertId">The alert it was said on.</param>
/// <param name="Until">When it runs out, in event time.</param>
/// <param name="At">When it was recorded (UTC).</param>
public sealed record GrantedException(
    string Id, string TenantId, string AlertId, Signal Signal, EntityKind EntityKind, string Entity, DateTime Until, string Reason, string Actor, DateTime At)
{
    public static string IdOf(string tenantId, Signal signal, Entity entity) =>
        "x" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{tenantId}\n{Names.Of(signal)}\n{Names.Of(entity.Kind)}\n{entity.Id}")))[..16];

    /// <summary>As lanes take it.</summary>
    public AlertException ToException() => new()
    {
        Reason = Reason, Until = new DateTimeOffset(Until, TimeSpan.Zero), Tenants = [TenantId], Signals = [Signal], EntityKind = EntityKind, Entity = Entity,
    };
}
