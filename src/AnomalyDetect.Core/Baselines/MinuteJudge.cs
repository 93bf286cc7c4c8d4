namespace AnomalyDetect.Core.Baselines;

/// <summary>What a tenant's baseline makes of one closed minute.</summary>
/// <param name="Minute">Its beginning (UTC).</param>
/// <param name="Expected">What the minute should have held, by what was seen before it.</param>
/// <param name="Lower">As few are <see cref="MinuteJudge.Sigmas"/> below that; at least 0.</param>
/// <param name="Upper">As many are as rare as a Gaussian's <see cref="MinuteJudge.Sigmas"/> above it.</param>
/// <param name="Deviation">In σ; negative for a drop.</param>
public readonly record struct JudgedMinute(DateTime Minute, double Observed, double Expected, double Lower, double Upper, double Deviation)
{
    public bool IsBeyond => Observed > Upper || Observed < Lower;
}

/// <summary>
/// Goes over one tenant's minutes as its rate detector does, and says of each what was expected, for whoever wants to look at a baseline. It lacks what
/// counts do not hold: alerts. A lane does not learn the minutes under one of its own; here every minute is learned, beyond <see cref="Sigmas"/> as if it stood there.
/// </summary>
/// <param name="sigmas">2 to 20.</param>
/// <param name="prior">What is usual of tenants not known yet, from <see cref="Multivariate.BehaviourModel.Rates"/>; null: nothing is known.</param>
public sealed class MinuteJudge(double sigmas = 3, RatePrior? prior = null)
{
    private readonly TenantRate _rate = new(prior);

    public double Sigmas => sigmas;

    /// <summary>Counts in a minute of the average hour.</summary>
    public double Level => _rate.Level;

    /// <summary>Variance ÷ expected, at least 1.</summary>
    public double Dispersion => _rate.Dispersion;

    /// <param name="minute">UTC; each MUST be the one after the last, for a minute without events is one with none.</param>
    public JudgedMinute Next(DateTime minute, double count)
    {
        var number = minute.Ticks / TimeSpan.TicksPerMinute;
        var judged = _rate.Judge(number, count);
        _rate.Learn(number, count, judged, sigmas, TailEstimate.Threshold, held: false, silent: false);
        return new JudgedMinute(new DateTime(number * TimeSpan.TicksPerMinute, DateTimeKind.Utc), count, judged.Expected, judged.Limit(-sigmas), judged.Limit(sigmas), judged.Z);
    }
}
