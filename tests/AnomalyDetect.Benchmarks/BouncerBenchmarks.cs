extern alias bouncer;

using System.Net;
using System.Security.Claims;
using BenchmarkDotNet.Attributes;
using bouncer::AnomalyDetect.Bouncer;
using bouncer::AnomalyDetect.Bouncer.Decisions;
using bouncer::AnomalyDetect.Core.Playbooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AnomalyDetect.Benchmarks;

/// <summary>
/// What the bouncer adds to a request with 100,000 decisions held, claims read and all. <see cref="WithoutBouncer"/> is the empty pipeline it stands in. The goal is
/// less than 2 µs between them, and no allocation.
/// </summary>
[MemoryDiagnoser]
[ShortRunJob]
public class BouncerBenchmarks
{
    private static readonly DateTime BeforeTheToken = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly RequestDelegate _endpoint = static _ => Task.CompletedTask;
    private readonly DefaultHttpContext _passing = new();
    private readonly DefaultHttpContext _limited = new();
    private BouncerMiddleware _open = null!;
    private BouncerMiddleware _closed = null!;
    private BouncerMiddleware _revoked = null!;

    [GlobalSetup]
    public void Setup()
    {
        _open = Create(AwayPolicy.FailOpen);
        _closed = Create(AwayPolicy.FailClosed);
        _revoked = Create(AwayPolicy.FailOpen, revocations: true);
        foreach (var (context, principal) in new[] { (_passing, "ada"), (_limited, "user-1") })
        {
            context.User = new ClaimsPrincipal(new ClaimsIdentity(
                new (string Type, string Value)[]
                {
                    ("iss", "https://idp.example.com"), ("aud", "shop"), ("exp", "1772443600"), ("iat", "1772440000"), ("tenant_id", "acme"), ("sub", principal),
                    ("sid", "0197a2c4-7f1e-7c3b-9d52-5b1e7a9c0d11"), ("azp", "storefront"), ("auth_time", "1772440000"), ("acr", "phr"), ("scope", "orders"), ("jti", "t-1"),
                }.Select(c => new Claim(c.Type, c.Value)), "Bearer"));
            context.Connection.RemoteIpAddress = IPAddress.Parse("198.51.100.17");
        }
    }

    [Benchmark(Baseline = true)]
    public Task WithoutBouncer() => _endpoint(_passing);

    [Benchmark]
    public Task LetThrough() => _open.InvokeAsync(_passing);

    [Benchmark]
    public Task LetThroughWhereItFailsClosed() => _closed.InvokeAsync(_passing);

    /// <summary>A principal under a limit it does not reach.</summary>
    [Benchmark]
    public Task LetThroughUnderALimit() => _open.InvokeAsync(_limited);

    /// <summary>As many decisions, revoked tokens among them, and of the tenant and the principal everything from before the request's token is revoked.</summary>
    [Benchmark]
    public Task LetThroughUnderRevocations() => _revoked.InvokeAsync(_passing);

    private BouncerMiddleware Create(AwayPolicy policy, bool revocations = false)
    {
        var services = new ServiceCollection()
            .AddAnomalyDetectBouncer(o => (o.Service, o.ApiKey, o.WhenAway) = (new Uri("http://127.0.0.1:1"), "ad_benchmark", policy))
            .BuildServiceProvider();
        var table = services.GetRequiredService<DecisionCopy>().Table;
        for (var i = 0; i < (revocations ? 20_000 : 25_000); i++)
        {
            if (revocations) Put(table, i, DecisionType.RevokeToken, DecisionScope.Token, $"jti-{i}");
            Put(table, i, DecisionType.BlockIp, DecisionScope.Address, $"203.0.{i >> 8}.{i & 255}");
            Put(table, i, DecisionType.RateLimit, DecisionScope.Principal, $"user-{i}");
            Put(table, i, DecisionType.RevokeSession, DecisionScope.Session, $"s-{i}");
            Put(table, i, DecisionType.SuspendPartnerToken, DecisionScope.Partner, $"partner-{i}");
        }

        if (revocations)
        {
            Put(table, 0, DecisionType.RevokeToken, DecisionScope.Tenant, "acme", BeforeTheToken);
            Put(table, 1, DecisionType.RevokeToken, DecisionScope.Principal, "ada", BeforeTheToken);
        }

        services.GetRequiredService<bouncer::AnomalyDetect.Bouncer.Feed.FeedState>().Succeeded();
        return ActivatorUtilities.CreateInstance<BouncerMiddleware>(services, _endpoint);
    }

    private static void Put(DecisionTable table, int number, DecisionType type, DecisionScope scope, string value, DateTime? at = null) => table.Put(HeldDecision.Of(
        new Decision
        {
            Id = $"{type}-{scope}-{number}",
            AlertId = "a",
            TenantId = "acme",
            Type = type,
            Scope = scope,
            Value = value,
            Parameters = new DecisionParameters(1_000_000_000, 1),
            CreatedAt = at ?? DateTime.UtcNow,
            ExpiresAt = DateTime.UtcNow.AddDays(1),
            Simulated = false,
        },
        simulated: false, share: 1, TimeProvider.System)!);
}
