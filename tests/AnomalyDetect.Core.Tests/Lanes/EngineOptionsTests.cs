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
