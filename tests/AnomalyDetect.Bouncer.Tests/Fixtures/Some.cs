using System.Net;
using AnomalyDetect.Bouncer.Decisions;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer.Tests.Fixtures;

/// <summary>Valid values where it does not matter which.</summary>
internal static class Some
{
    public static readonly DateTime Time = new(2026, 3, 2, 9, 0, 0, DateTimeKind.Utc);

    private static int _number;

    public static Decision Decision(
        DecisionType type, DecisionScope scope, string value, string tenant = "acme", bool simulated = false, DateTime? expiresAt = null, int? limit = null, int? per = null,
        DateTime? createdAt = null) => new()
        {
            Id = Interlocked.Increment(ref _number).ToString("x32", System.Globalization.CultureInfo.InvariantCulture),
            AlertId = "a1",
            TenantId = tenant,
            Type = type,
            Scope = scope,
            Value = value,
            Parameters = new DecisionParameters(limit, per),
            CreatedAt = createdAt ?? Time,
            ExpiresAt = expiresAt ?? Time.AddHours(1),
            Simulated = simulated,
        };

    public static Decision Block(string address = "203.0.113.9", string tenant = "acme", DateTime? expiresAt = null, bool simulated = false) =>
        Decision(DecisionType.BlockIp, DecisionScope.Address, address, tenant, simulated, expiresAt);

    public static HeldDecision Held(Decision decision, TimeProvider? time = null, double share = 1) =>
        HeldDecision.Of(decision, decision.Simulated, share, time ?? TimeProvider.System) ?? throw new ArgumentException("it is not held", nameof(decision));

    public static RequestSubject Subject(
        string? tenant = "acme", string? principal = null, string? session = null, string? partner = null, string? address = null, DateTime? at = null, string? acr = null,
        string? token = null, DateTime? issued = null) => new()
        {
            Tenant = tenant,
            Principal = principal,
            Session = session,
            Partner = partner,
            Address = address is null ? null : IPAddress.Parse(address),
            AuthenticatedAt = at,
            Acr = acr,
            Token = token,
            IssuedAt = issued,
        };

    public static IOptions<BouncerOptions> Options(Action<BouncerOptions>? adjust = null)
    {
        var options = new BouncerOptions { Service = new Uri("http://127.0.0.1:1"), ApiKey = "ad_test" };
        adjust?.Invoke(options);
        return Microsoft.Extensions.Options.Options.Create(options);
    }
}
