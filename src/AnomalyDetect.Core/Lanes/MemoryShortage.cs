using AnomalyDetect.Core.Tables;

namespace AnomalyDetect.Core.Lanes;

/// <summary>A lane had no memory for more of a tenant's: what it knows of others there had to make room.</summary>
/// <param name="TenantId">Who was refused first in the hour.</param>
/// <param name="Hour">Of arrival.</param>
/// <param name="What">Of what there could be no more, in the plural.</param>
/// <param name="Refusals">Of all tenants of the lane since the last one that was told.</param>
public sealed record MemoryShortage(string TenantId, DateTime Hour, string What, long Refusals)
{
    /// <summary>One sentence an operator can act on.</summary>
    public string Explanation => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"Within the hour from {Hour:yyyy-MM-dd HH:mm'Z'} a lane's memory had no room {Refusals} times, the first time for more {What} of tenant {TenantId}: new ones displace old ones that are not established. Raise detection.limits.memory_bytes, or see whether somebody makes up names.");

    internal static MemoryShortage Of((string Tenant, TablePart Part) refused, long hour, long refusals) =>
        new(refused.Tenant, new DateTime(hour * TimeSpan.TicksPerHour, DateTimeKind.Utc), TableParts.Words(refused.Part), refusals);
}
