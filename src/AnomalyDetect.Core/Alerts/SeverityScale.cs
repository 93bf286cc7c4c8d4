namespace AnomalyDetect.Core.Alerts;

/// <summary>From how far beyond its threshold a signal stands to a severity and a score.</summary>
internal static class SeverityScale
{
    public static Severity CrossTenant(double timesThreshold, bool learning) =>
        learning ? Severity.Low : timesThreshold >= 4 ? Severity.Critical : Severity.High;

    public static Severity InvalidClaims(double timesThreshold) => timesThreshold >= 10 ? Severity.Critical : Severity.High;

    public static Severity DelegationAbuse(double timesThreshold) => timesThreshold >= 5 ? Severity.Critical : Severity.High;

    public static Severity Hijack(int networks, bool interleaved) =>
        !interleaved ? Severity.Low : networks >= 6 ? Severity.Critical : Severity.High;

    public static Severity PolicyBurst(double timesThreshold) => timesThreshold >= 5 ? Severity.High : Severity.Medium;

    /// <summary>0 to 100, saturating: with σ, 100 (1 − e^(−|z|/6)); with a threshold, 100 (1 − 2^(−observed/threshold)).</summary>
    public static double Score(in Observation seen)
    {
        var score = seen.Deviation is { } z
            ? 1 - Math.Exp(-Math.Abs(z) / 6)
            : 1 - Math.Pow(2, -seen.Observed / Math.Max(1, seen.Threshold));
        return Math.Round(100 * Math.Clamp(score, 0, 1), 1);
    }

    /// <summary>MITRE ATT&amp;CK Enterprise technique ids.</summary>
    public static IReadOnlyList<string> Techniques(Signal signal) => signal switch
    {
        Signal.CrossTenantApiSpike => ["T1078.004", "T1087.004", "T1526", "T1530"],
        Signal.InvalidClaimInjection => ["T1606", "T1550.001", "T1190"],
        Signal.DelegationScopeAbuse => ["T1528", "T1550.001", "T1098.003", "T1199"],
        Signal.SessionHijack => ["T1539", "T1550.004", "T1185"],
        Signal.PolicyViolationBurst => ["T1078.004", "T1087.004", "T1069.003"],
        Signal.LoginRate => ["T1110"],
        Signal.ApiCallRate => ["T1119", "T1499.003"],
        Signal.DelegationRate => ["T1199", "T1550.001"],
        Signal.PasswordSpraying => ["T1110.003"],
        Signal.CredentialStuffing => ["T1110.004"],
        Signal.MfaFatigue => ["T1621"],
        Signal.ImpossibleTravel => ["T1078.004", "T1550"],
        Signal.UnfamiliarSignIn => ["T1078.004"],
        Signal.TokenReplay => ["T1550.001", "T1528"],
        Signal.DormantPrincipal => ["T1078.004", "T1098"],
        Signal.TelemetrySilence => ["T1562.008"],
        Signal.MlSpike => ["T1119", "T1499.003", "T1110"],
        Signal.ResourceEnumeration => ["T1526", "T1580"],
        Signal.CrossTenantFanOut => ["T1199", "T1526"],
        _ => [],
    };
}
