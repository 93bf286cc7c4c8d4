using AnomalyDetect.Bouncer.Answers;
using AnomalyDetect.Bouncer.Captcha;
using AnomalyDetect.Bouncer.Decisions;
using AnomalyDetect.Bouncer.Feed;
using AnomalyDetect.Bouncer.Reporting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer;

/// <summary>Lets requests through, or does to them what the decisions held say. Who is let through costs up to six look-ups and no allocation.</summary>
internal sealed class BouncerMiddleware(
    RequestDelegate next, IOptions<BouncerOptions> options, FeedState state, Judge judge, CaptchaGate captcha, Refusals refusals, RefusalWriter writer,
    EnforcementQueue enforced, BouncerMetrics metrics, ILogger<BouncerMiddleware> logger)
{
    private readonly BouncerOptions _options = options.Value;
    private readonly Func<HttpContext, RequestSubject> _identify = options.Value.Identify;
    private int _saidNoCaptcha;

    public Task InvokeAsync(HttpContext context)
    {
        if (_options.Exempt is { } exempt && exempt(context)) return next(context);
        if (_options.SayWhenAway && state.IsAway) context.Response.Headers[BouncerHeaders.State] = "away";
        if (state.IsClosed)
        {
            metrics.Closed();
            return writer.WriteAsync(context, Refusals.Away);
        }

        var subject = _identify(context);
        var verdict = judge.Of(subject);
        return verdict.LetsThrough ? next(context) : ActAsync(context, subject, verdict);
    }

    private async Task ActAsync(HttpContext context, RequestSubject subject, Verdict verdict)
    {
        foreach (var decision in verdict.WouldHave ?? [])
        {
            metrics.WouldHave(decision.Type);
            enforced.Add(decision, subject);
        }

        if (verdict.Refused is { } refused) await RefuseAsync(context, subject, refused, refusals.Of(refused, verdict.RetryAfter));
        else if (verdict.Challenges is not { } challenges || await PassesAsync(context, subject, challenges)) await next(context);
    }

    /// <summary>False when the request was refused.</summary>
    private async Task<bool> PassesAsync(HttpContext context, RequestSubject subject, List<HeldDecision> challenges)
    {
        if (!captcha.CanPose)
        {
            metrics.Unenforced();
            if (Interlocked.Exchange(ref _saidNoCaptcha, 1) == 0) BouncerLog.NoCaptcha(logger);
            return true;
        }

        var answer = await captcha.CheckAsync(context, subject, challenges);
        if (answer != GateAnswer.Unsolved) metrics.Captcha(answer);
        if (answer == GateAnswer.Passed || (answer == GateAnswer.Unavailable && _options.WhenAway == AwayPolicy.FailOpen)) return true;
        await RefuseAsync(context, subject, challenges[0], refusals.Captcha(challenges[0], answer));
        return false;
    }

    private Task RefuseAsync(HttpContext context, in RequestSubject subject, HeldDecision decision, Refusal refusal)
    {
        metrics.Refused(decision.Type);
        enforced.Add(decision, subject);
        return writer.WriteAsync(context, refusal);
    }
}
