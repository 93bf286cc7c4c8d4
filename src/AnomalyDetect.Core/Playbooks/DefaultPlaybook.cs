using AnomalyDetect.Core.Alerts;

namespace AnomalyDetect.Core.Playbooks;

/// <summary>
/// The blueprint's responses, as <c>playbook.default.yaml</c> says them to people; a test holds the two together. Written as code, for reading them from JSON took a
/// third of what a start costs.
/// </summary>
internal static class DefaultPlaybook
{
    private static readonly IReadOnlyList<NotificationTemplate> TenantThenSocOfHigh = [new(Audience.TenantAdmin, Severity.Low), new(Audience.SocTier1, Severity.High)];
    private static readonly IReadOnlyList<NotificationTemplate> TenantThenSoc = [new(Audience.TenantAdmin, Severity.Low), new(Audience.SocTier1, Severity.Medium)];

    private static readonly IReadOnlyList<Signal> UnlikelySignIns = [Signal.ImpossibleTravel, Signal.UnfamiliarSignIn, Signal.DormantPrincipal, Signal.TokenReplay];

    public static Playbook Make() => new()
    {
        Rules =
        [
            new()
            {
                Name = "slow-cross-tenant-callers", Signals = [Signal.CrossTenantApiSpike],
                Decisions =
                [
                    new(DecisionType.RateLimit, [DecisionScope.Principal, DecisionScope.Partner], TimeSpan.FromMinutes(30), new DecisionParameters(Limit: 60, Per: 60)),
                    new(DecisionType.Captcha, [DecisionScope.Principal, DecisionScope.Partner], TimeSpan.FromMinutes(30)),
                ],
                Notify = [new(Audience.TenantAdmin)],
            },
            new()
            {
                Name = "block-claim-forgers", Signals = [Signal.InvalidClaimInjection],
                Decisions = [BlockAddress, RevokeSession],
                Notify = [new(Audience.SocTier1)],
            },
            new()
            {
                Name = "suspend-overreaching-partners", Signals = [Signal.DelegationScopeAbuse],
                Decisions = [new(DecisionType.SuspendPartnerToken, [DecisionScope.Partner], TimeSpan.FromHours(4))],
                Notify = [new(Audience.SecurityLead)],
            },
            new()
            {
                Name = "end-hijacked-sessions", Signals = [Signal.SessionHijack],
                Decisions = [ForceReauth, RevokeSession],
                Notify = [new(Audience.Automated)],
            },
            new()
            {
                Name = "step-up-violators", Signals = [Signal.PolicyViolationBurst],
                Decisions = [StepUp],
                Notify = [new(Audience.TenantAdmin)],
            },
            new()
            {
                Name = "step-up-unusual-principals",
                Signals = [Signal.LoginRate, Signal.ApiCallRate, Signal.DelegationRate, Signal.MlSpike, Signal.ResourceEnumeration, Signal.CrossTenantFanOut],
                DecideFrom = Severity.High,
                Decisions = [StepUp],
                Notify = [new(Audience.TenantAdmin, Severity.Low), new(Audience.SocTier1, Severity.High), new(Audience.SecurityLead, Severity.Critical)],
            },
            new()
            {
                Name = "stop-password-sprayers", Signals = [Signal.PasswordSpraying],
                Decisions = [BlockAddress],
                Notify = TenantThenSoc,
            },
            new() { Name = "report-credential-stuffing", Signals = [Signal.CredentialStuffing], Notify = TenantThenSoc },
            new()
            {
                Name = "slow-second-factor-prompts", Signals = [Signal.MfaFatigue],
                Decisions = [new(DecisionType.RateLimit, [DecisionScope.Address], TimeSpan.FromHours(1), new DecisionParameters(Limit: 3, Per: 600)), RevokeSession],
                Notify = TenantThenSocOfHigh,
            },
            new()
            {
                Name = "step-up-unlikely-sign-ins", Signals = UnlikelySignIns,
                Decisions = [StepUp],
                Notify = TenantThenSocOfHigh,
            },
            new()
            {
                Name = "end-unlikely-sessions", Signals = UnlikelySignIns,
                DecideFrom = Severity.High,
                Decisions = [ForceReauth, RevokeSession],
            },
            new()
            {
                Name = "report-silence", Signals = [Signal.TelemetrySilence],
                Notify = [new(Audience.TenantAdmin, Severity.Medium), new(Audience.SocTier1, Severity.Medium)],
            },
        ],
    };

    private static DecisionTemplate BlockAddress => new(DecisionType.BlockIp, [DecisionScope.Address], TimeSpan.FromHours(1));

    private static DecisionTemplate RevokeSession => new(DecisionType.RevokeSession, [DecisionScope.Session], TimeSpan.FromHours(12));

    private static DecisionTemplate ForceReauth => new(DecisionType.ForceReauth, [DecisionScope.Session], TimeSpan.FromHours(12));

    private static DecisionTemplate StepUp => new(DecisionType.StepUp, [DecisionScope.Principal], TimeSpan.FromHours(1));
}
