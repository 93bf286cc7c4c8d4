using AnomalyDetect.Bouncer.Answers;
using AnomalyDetect.Bouncer.Captcha;
using AnomalyDetect.Bouncer.Decisions;
using AnomalyDetect.Bouncer.Feed;
using AnomalyDetect.Bouncer.Reporting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer;

/// <summary>Puts the bouncer into an ASP.NET Core application.</summary>
public static class BouncerSetup
{
    /// <summary>
    /// Follows the decisions of an AnomalyDetect service, from the application's start on. Options may also come from configuration:
    /// <c>services.Configure&lt;BouncerOptions&gt;(configuration.GetSection("AnomalyDetect"))</c>.
    /// </summary>
    public static IServiceCollection AddAnomalyDetectBouncer(this IServiceCollection services, Action<BouncerOptions>? configure = null)
    {
        services.AddOptions<BouncerOptions>().ValidateOnStart();
        if (configure is not null) services.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BouncerOptions>, BouncerOptionsValidator>());
        services.AddMetrics();
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ICaptchaVerifier, SiteVerifyClient>();
        services.TryAddSingleton(provider => new DecisionCopy(provider.GetRequiredService<IOptions<BouncerOptions>>().Value.MaxDecisions));
        services.TryAddSingleton<OutboundHttp>();
        services.TryAddSingleton<ServiceClient>();
        services.TryAddSingleton<FeedState>();
        services.TryAddSingleton<FeedFollower>();
        services.TryAddSingleton<EnforcementQueue>();
        services.TryAddSingleton<EnforcementReporter>();
        services.TryAddSingleton<BouncerMetrics>();
        services.TryAddSingleton<CaptchaPasses>();
        services.TryAddSingleton<CaptchaGate>();
        services.TryAddSingleton<Judge>();
        services.TryAddSingleton<Refusals>();
        services.TryAddSingleton<RefusalWriter>();
        services.TryAddSingleton<IRevocations, Revocations>();
        services.AddHostedService<FeedLoop>();
        services.AddHostedService<ReportLoop>();
        return services;
    }

    /// <summary>
    /// Enforces from here on: after <c>UseForwardedHeaders</c> and <c>UseAuthentication</c>, by which the request's address and claims become known, and before
    /// <c>UseAuthorization</c> and the endpoints.
    /// </summary>
    public static IApplicationBuilder UseAnomalyDetectBouncer(this IApplicationBuilder app) => app.UseMiddleware<BouncerMiddleware>();

    /// <summary>Tells by the application's health checks whether decisions are known, and what happens to requests while they are not.</summary>
    public static IHealthChecksBuilder AddAnomalyDetectBouncer(this IHealthChecksBuilder checks, string name = "anomalydetect_bouncer") =>
        checks.AddCheck<BouncerHealthCheck>(name);
}
