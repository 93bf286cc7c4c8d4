using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace AnomalyDetect.Bouncer.Sample;

/// <summary>
/// A shop of many tenants, as a customer would write it: behind a proxy on this machine, with tokens of its own, the tenant in the path where no token tells it,
/// the bouncer between authentication and the endpoints, and telemetry of every request where <see cref="SampleTelemetry.AddSampleTelemetry"/> was called.
/// </summary>
public static class SampleService
{
    private const string Staff = "staff";

    public static WebApplication Build(WebApplicationBuilder builder, Action<BouncerOptions> configure)
    {
        builder.Services.AddAuthentication(SampleAuthentication.Name).AddScheme<SampleAuthenticationOptions, SampleAuthentication>(SampleAuthentication.Name, null);
        builder.Services.AddAuthorization(o => o.AddPolicy(Staff, policy => policy.RequireClaim("role", "staff")));
        builder.Services.Configure<ForwardedHeadersOptions>(o =>
        {
            o.ForwardedHeaders = ForwardedHeaders.XForwardedFor;
            o.KnownProxies.Add(IPAddress.Loopback);
        });
        builder.Services.AddAnomalyDetectBouncer(options =>
        {
            options.Identify = Identify;
            options.Exempt = IsHealthCheck;
            configure(options);
        });
        builder.Services.AddHealthChecks().AddAnomalyDetectBouncer();

        var app = builder.Build();
        app.UseForwardedHeaders();
        app.UseAuthentication();
        app.UseSampleTelemetry();
        app.UseAnomalyDetectBouncer();
        app.UseAuthorization();
        app.MapHealthChecks("/healthz");
        app.MapGet("/{tenant}/catalogue", (string tenant) => $"everything {tenant} sells");
        app.MapGet("/{tenant}/orders", (string tenant) => $"the orders of {tenant}").RequireAuthorization();
        app.MapPost("/{tenant}/orders", async (string tenant, HttpRequest request) => $"{tenant}: {(await request.ReadFormAsync())["item"]} ordered").RequireAuthorization();
        app.MapGet("/{tenant}/settings", (string tenant) => $"how {tenant} is set up").RequireAuthorization(Staff);
        app.MapPost("/{tenant}/token", SampleTokens.RenewAsync);
        app.Map("/{tenant}/{**rest}", (HttpRequest request) => Results.StatusCode(SampleAct.Of(request).Status));
        return app;
    }

    internal static bool IsHealthCheck(HttpContext context) => context.Request.Path.StartsWithSegments("/healthz");

    /// <summary>A forged token proves no tenant, but whose door is knocked at is in the path.</summary>
    private static RequestSubject Identify(HttpContext context)
    {
        var subject = RequestSubject.FromClaims(context);
        return subject.Tenant is null && context.Request.Path.Value?.Split('/') is [_, { Length: > 0 } tenant, ..] ? subject with { Tenant = tenant } : subject;
    }
}
