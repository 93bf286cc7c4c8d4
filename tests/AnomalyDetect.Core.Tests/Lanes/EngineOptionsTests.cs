using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Lanes;

[TestClass]
public sealed class EngineOptionsTests
{
    [TestMethod]
    public void The_defaults_are_valid() => Assert.IsEmpty(EngineOptionsValidator.Validate(SomeTelemetry.Options()));

    [TestMethod]
    public void Every_error_is_told_at_once()
    {
        var errors = EngineOptionsValidator.Validate(new EngineOptions
        {
            Detection = new DetectionOptions
            {
                EpisodeGap = TimeSpan.Zero,
                Signals = new SignalOptions { LoginRate = new RateOptions { Sigmas = double.NaN }, PolicyViolationBurst = new ThresholdOptions { Threshold = 0 } },
                Limits = new LimitOptions { Sessions = 1 },
            },
            Enforcement = new EnforcementOptions { NeverTarget = ["not-a-range"] },
            Playbook = new Playbook
            {
                Rules =
                [
                    new PlaybookRule
                    {
                        Name = "r", Signals = [Signal.LoginRate],
                        Decisions = [new DecisionTemplate(DecisionType.BlockIp, [DecisionScope.Session], TimeSpan.FromDays(90)), new DecisionTemplate(DecisionType.RateLimit, [DecisionScope.Principal], TimeSpan.FromHours(1))],
                    },
                ],
            },
        });
        foreach (var part in new[] { "episode_gap", "login_rate.sigmas", "policy_violation_burst.threshold", "limits.sessions", "not-a-range", "cannot be aimed at session", "expires_after", "limit (requests)" })
            Assert.IsTrue(errors.Any(e => e.Contains(part, StringComparison.Ordinal)), $"{part} in: {string.Join(" | ", errors)}");
    }

    public static IEnumerable<object[]> Wrong =>
    [
        ["invalid_claim_injection.slow_threshold", new SignalOptions { InvalidClaimInjection = new() { SlowThreshold = 0 } }],
        ["invalid_claim_injection.slow_window", new SignalOptions { InvalidClaimInjection = new() { SlowWindow = TimeSpan.FromSeconds(59) } }],
        ["invalid_claim_injection.spread_threshold", new SignalOptions { InvalidClaimInjection = new() { SpreadThreshold = 0 } }],
        ["invalid_claim_injection.spread_window", new SignalOptions { InvalidClaimInjection = new() { SpreadWindow = TimeSpan.FromSeconds(90) } }],
        ["invalid_claim_injection.spread_sources", new SignalOptions { InvalidClaimInjection = new() { SpreadSources = 2_001 } }],
        ["password_spraying.threshold", new SignalOptions { PasswordSpraying = new() { Threshold = 31 } }],
        ["password_spraying.window", new SignalOptions { PasswordSpraying = new() { Window = TimeSpan.FromHours(25) } }],
        ["credential_stuffing.failures", new SignalOptions { CredentialStuffing = new() { Failures = 0 } }],
        ["credential_stuffing.factor", new SignalOptions { CredentialStuffing = new() { Factor = double.NaN } }],
        ["credential_stuffing.sources", new SignalOptions { CredentialStuffing = new() { Sources = 0 } }],
        ["credential_stuffing.window", new SignalOptions { CredentialStuffing = new() { Window = TimeSpan.FromMinutes(61) } }],
        ["ml_spike.busiest_principals", new SignalOptions { MlSpike = new() { BusiestPrincipals = 257 } }],
        ["resource_enumeration.threshold", new SignalOptions { ResourceEnumeration = new() { Threshold = 25 } }],
        ["cross_tenant_fan_out.threshold", new SignalOptions { CrossTenantFanOut = new() { Threshold = 25 } }],
        ["mfa_fatigue.threshold", new SignalOptions { MfaFatigue = new() { Threshold = 0 } }],
        ["impossible_travel.speed_km_per_hour", new SignalOptions { ImpossibleTravel = new() { SpeedKmPerHour = 99 } }],
        ["token_replay.window", new SignalOptions { TokenReplay = new() { Window = TimeSpan.Zero } }],
        ["dormant_principal.after", new SignalOptions { DormantPrincipal = new() { After = TimeSpan.FromHours(23) } }],
        ["telemetry_silence.minimum", new SignalOptions { TelemetrySilence = new() { Minimum = TimeSpan.FromMinutes(1) } }],
        ["telemetry_silence.expected", new SignalOptions { TelemetrySilence = new() { Expected = 4 } }],
        ["budget.medium_per_week", new SignalOptions { Budget = new() { MediumPerWeek = 0 } }],
        ["budget.low_per_week", new SignalOptions { Budget = new() { LowPerWeek = 0.01 } }],
        ["budget.info_per_day", new SignalOptions { Budget = new() { InfoPerDay = -1 } }],
        ["egress_ranges", new SignalOptions { EgressRanges = ["203.0.113.0/24", "the office"] }],
    ];

    [TestMethod]
    [DynamicData(nameof(Wrong))]
    public void A_value_out_of_range_is_told_with_its_path(string path, SignalOptions signals)
    {
        var detection = new DetectionOptions { TenantSignals = new Dictionary<string, SignalOptions> { ["acme"] = signals } };
        var errors = EngineOptionsValidator.Validate(SomeTelemetry.Options() with { Detection = detection });
        Assert.HasCount(1, errors, string.Join(" | ", errors));
        Assert.StartsWith($"detection.tenant_signals.acme.{path}", errors[0]);
        Assert.IsNotEmpty(EngineOptionsValidator.Validate(SomeTelemetry.Options() with { Detection = new DetectionOptions { Signals = signals } }));
    }

    [TestMethod]
    public void How_long_until_a_level_is_adopted_has_a_range()
    {
        IReadOnlyList<string> With(TimeSpan after) => EngineOptionsValidator.Validate(SomeTelemetry.Options() with { Detection = new DetectionOptions { AdoptAfter = after } });
        Assert.IsEmpty(With(TimeSpan.FromMinutes(10)));
        Assert.HasCount(1, With(TimeSpan.FromMinutes(9)));
        Assert.HasCount(1, With(TimeSpan.FromDays(8)));
    }

    [TestMethod]
    public void What_stored_options_leave_out_has_its_default()
    {
        var read = EngineOptions.FromJson("""
            { "detection": { "signals": { "mfa_fatigue": { "threshold": 9, "window": "00:20:00" }, "credential_stuffing": { "failures": 99 } } },
              "enforcement": {}, "playbook": { "rules": [] } }
            """);
        var (signals, defaults) = (read.Detection.Signals, new SignalOptions());
        Assert.AreEqual(new ThresholdOptions { Threshold = 9, Window = TimeSpan.FromMinutes(20) }, signals.MfaFatigue);
        Assert.AreEqual(new StuffingOptions { Failures = 99 }, signals.CredentialStuffing);
        Assert.AreEqual(
            (defaults.PasswordSpraying, defaults.InvalidClaimInjection, defaults.TelemetrySilence, defaults.Budget, defaults.TokenReplay),
            (signals.PasswordSpraying, signals.InvalidClaimInjection, signals.TelemetrySilence, signals.Budget, signals.TokenReplay));
        Assert.IsEmpty(signals.EgressRanges);
        Assert.AreEqual(new DetectionOptions().AdoptAfter, read.Detection.AdoptAfter);
        Assert.IsEmpty(EngineOptionsValidator.Validate(read));
    }

    [TestMethod]
    public void A_rule_that_does_not_say_from_when_it_decides_does_so_from_medium()
    {
        var rule = Playbook.Parse("""{ "rules": [{ "name": "r", "signals": ["token_replay"] }] }"""u8).Rules.Single();
        Assert.AreEqual(Severity.Medium, rule.DecideFrom);
        Assert.IsEmpty(rule.Decisions);
        Assert.IsEmpty(rule.Notify);
    }

    [TestMethod]
    public void Options_survive_the_store_and_keep_their_version()
    {
        var options = SomeTelemetry.Options() with { Detection = new DetectionOptions { TenantSignals = new Dictionary<string, SignalOptions> { ["acme"] = new() { SessionHijack = new() { Threshold = 4 } } } } };
        var read = EngineOptions.FromJson(options.ToJson());
        Assert.AreEqual(options.Version(), read.Version());
        Assert.AreEqual(4, read.Detection.SignalsOf("acme").SessionHijack.Threshold);
        Assert.AreNotEqual(options.Version(), SomeTelemetry.Options().Version());
    }

    [TestMethod]
    public void The_default_playbook_answers_every_signal_that_is_there()
    {
        foreach (var signal in Enum.GetValues<Signal>())
            Assert.IsTrue(Playbook.Default.Rules.Any(r => r.Signals.Contains(signal) && r.Notify.Count > 0), $"{signal}");
    }
}
