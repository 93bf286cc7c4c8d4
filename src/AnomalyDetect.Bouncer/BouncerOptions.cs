using AnomalyDetect.Bouncer.Captcha;
using Microsoft.AspNetCore.Http;

namespace AnomalyDetect.Bouncer;

/// <summary>What happens to requests while the service cannot be asked.</summary>
public enum AwayPolicy
{
    /// <summary>They pass, unless a decision held from before is still in force.</summary>
    FailOpen,

    /// <summary>They are answered with 503.</summary>
    FailClosed,
}

/// <summary>Where decisions come from and how they are enforced. Checked by <see cref="BouncerOptionsValidator"/> when the application starts.</summary>
public sealed class BouncerOptions
{
    /// <summary>The AnomalyDetect service, such as <c>https://anomalydetect.example.com</c>. Required; https unless it is loopback or <see cref="AllowPlainHttp"/> is set.</summary>
    public Uri? Service { get; set; }

    /// <summary>A key of role <c>enforcer</c>, of the tenants this application serves. Required, never logged. A reloaded configuration takes effect with the next call.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>Sends the key in clear to a service that is not on this machine. Default false.</summary>
    public bool AllowPlainHttp { get; set; }

    /// <summary>Whose request it is. Default <see cref="RequestSubject.FromClaims"/>. Called once a request; must be quick and must not block.</summary>
    public Func<HttpContext, RequestSubject> Identify { get; set; } = RequestSubject.FromClaims;

    /// <summary>The tenant of requests of which <see cref="Identify"/> tells none, for an application that serves one tenant. Default none: such requests meet no decision.</summary>
    public string? DefaultTenant { get; set; }

    /// <summary>Requests that are let through unjudged, such as health checks. Default none.</summary>
    public Func<HttpContext, bool>? Exempt { get; set; }

    /// <summary>
    /// Writes the answer to a refused request in place of problem+json: to sign out and redirect, or to show a challenge as a page. Status and headers
    /// (<c>X-AnomalyDetect-Decision</c>, <c>Retry-After</c>, <c>WWW-Authenticate</c>) are set before and may be changed. Default none.
    /// </summary>
    public Func<HttpContext, Refusal, Task>? Answer { get; set; }

    /// <summary>Addresses and CIDR ranges that no decision about an address is carried out against: own proxies, egress, offices. Default none.</summary>
    public IList<string> NeverRefuse { get; } = [];

    /// <summary>
    /// Spares loopback, private, link-local and carrier-NAT addresses likewise; default true. A request that seems to come from there came over a proxy this
    /// application was not told of, and one block would hit everybody.
    /// </summary>
    public bool SparePrivateAddresses { get; set; } = true;

    /// <summary>Default <see cref="AwayPolicy.FailOpen"/>.</summary>
    public AwayPolicy WhenAway { get; set; }

    /// <summary>How long the service must have been silent to count as away; 10 s above <see cref="PollWait"/> to 1 h, default 2 min.</summary>
    public TimeSpan AwayAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Adds <c>X-AnomalyDetect-Bouncer: away</c> to every answer while the service is away. Default false: outsiders would learn of it too.</summary>
    public bool SayWhenAway { get; set; }

    /// <summary>How long the application's start waits for the first copy of the decisions; 0 to 1 min, default 5 s. So a restart is no gap an attacker can use.</summary>
    public TimeSpan StartupWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Follows dry-run decisions too, and counts what they would have done. They are never enforced. Default true.</summary>
    public bool CountDryRuns { get; set; } = true;

    /// <summary>Tells the service which decisions were enforced, and how often. Default true.</summary>
    public bool ReportEnforcement { get; set; } = true;

    /// <summary>How often enforcement is reported; 1 s to 5 min, default 1 s.</summary>
    public TimeSpan ReportEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Decisions waiting to be reported; 100 to 1,000,000, default 10,000. Beyond it enforcement goes on and is not reported, which a metric counts.</summary>
    public int ReportQueue { get; set; } = 10_000;

    /// <summary>Decisions held; 1,000 to 2,000,000, default 200,000 (about 100 MB). What is beyond is not enforced, which health, a metric and the log say.</summary>
    public int MaxDecisions { get; set; } = 200_000;

    /// <summary>Decisions asked for at a time; 1 to 10,000, default 5,000.</summary>
    public int PageSize { get; set; } = 5_000;

    /// <summary>Longest answer taken of the service, in bytes; 64 KiB to 256 MiB, default 16 MiB.</summary>
    public int MaxAnswerBytes { get; set; } = 16 << 20;

    /// <summary>How long the service may hold a poll that has nothing to say; whole seconds, 1 to 60, default 30 s.</summary>
    public TimeSpan PollWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>For one call, beyond <see cref="PollWait"/>; 1 s to 1 min, default 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait between tries while the service does not answer; 1 s to 5 min, default 15 s. Waits double from 0.5 s and are random by half.</summary>
    public TimeSpan RetryMax { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often the whole copy is made anew, whatever the feed said; 1 min to 1 day, default 1 h.</summary>
    public TimeSpan ResyncEvery { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Which part of a decided rate limit this instance allows, above 0 to 1; default 1. With four instances behind a balancer, 0.25.</summary>
    public double RateLimitShare { get; set; } = 1;

    /// <summary>
    /// <c>acr</c> values that satisfy a step-up, most wanted first; sent as <c>acr_values</c> (RFC 9470). Default none: a fresh authentication satisfies it, however
    /// strong.
    /// </summary>
    public IList<string> StepUpAcrValues { get; } = [];

    /// <summary>How CAPTCHA decisions are carried out. Without a provider (or an <see cref="ICaptchaVerifier"/> of your own) they are not.</summary>
    public CaptchaOptions Captcha { get; } = new();
}
