using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Simulation.Tests;

[TestClass]
public sealed class AlertMatcherTests
{
    private static readonly DateTime Noon = new(2026, 1, 5, 12, 0, 0, DateTimeKind.Utc);
    private static readonly AttackLabel Burst = Label(ScenarioKind.PolicyViolationBurst, isAttack: true, Signal.PolicyViolationBurst, "mallory");
    private static readonly AttackLabel Benign = Label(ScenarioKind.ThresholdDenials, isAttack: false, Signal.PolicyViolationBurst, "alice");

    [TestMethod]
    public void An_alert_of_the_expected_signal_about_the_entity_in_time_finds_the_attack()
    {
        var report = AlertMatcher.Match([Burst], [Raised(Signal.PolicyViolationBurst, "mallory", 20)], [], 2);
        Assert.AreEqual(new KindScore(ScenarioKind.PolicyViolationBurst, 1, 1, 1, TimeSpan.FromSeconds(20), null), report.Attacks.Single());
        Assert.AreEqual(1, report.Recall);
        Assert.IsEmpty(report.FalseAlerts);
        Assert.IsEmpty(report.Missed);
    }

    [TestMethod]
    [DataRow(Signal.PolicyViolationBurst, "alice", 20, DisplayName = "another entity")]
    [DataRow(Signal.PolicyViolationBurst, "mallory", -3600, DisplayName = "before it began")]
    [DataRow(Signal.PolicyViolationBurst, "mallory", 3600, DisplayName = "long after")]
    public void Any_other_alert_is_false_and_finds_nothing(Signal signal, string who, int seconds)
    {
        var report = AlertMatcher.Match([Burst], [Raised(signal, who, seconds)], [], 2);
        Assert.AreEqual(0, report.Recall);
        Assert.HasCount(1, report.FalseAlerts);
        Assert.AreEqual(0.5, report.FalseAlertsPerTenantDay());
        CollectionAssert.AreEqual(new[] { Burst }, report.Missed.ToArray());
    }

    [TestMethod]
    public void Another_signal_about_the_attacker_is_no_false_alert_and_no_find()
    {
        var report = AlertMatcher.Match([Burst], [Raised(Signal.ApiCallRate, "mallory", 20)], [], 1);
        Assert.AreEqual(0, report.Recall);
        Assert.IsEmpty(report.FalseAlerts);
    }

    [TestMethod]
    public void An_alert_about_a_look_alike_is_false_unless_it_may_be_reported()
    {
        var alert = Raised(Signal.PolicyViolationBurst, "alice", 20);
        Assert.HasCount(1, AlertMatcher.Match([Benign], [alert], [], 1).FalseAlerts);
        Assert.IsEmpty(AlertMatcher.Match([Benign with { MayAlert = true }], [alert], [], 1).FalseAlerts);
    }

    [TestMethod]
    public void A_decision_aimed_at_a_look_alike_hurts_it_even_where_it_may_be_reported()
    {
        var decision = new Decision
        {
            Id = "d",
            AlertId = "a",
            TenantId = "t",
            Type = DecisionType.StepUp,
            Scope = DecisionScope.Principal,
            Value = "alice",
            Parameters = new DecisionParameters(),
            CreatedAt = Noon.AddSeconds(30),
            ExpiresAt = Noon.AddHours(1),
            Simulated = true,
        };
        var labels = new[] { Benign with { MayAlert = true }, Burst };
        Assert.AreEqual(labels[0], AlertMatcher.Match(labels, [], [decision], 1).Hurt.Single());
        Assert.IsEmpty(AlertMatcher.Match(labels, [], [decision with { Value = "mallory" }], 1).Hurt);
        Assert.IsEmpty(AlertMatcher.Match(labels, [], [decision with { Scope = DecisionScope.Session }], 1).Hurt);
        Assert.IsEmpty(AlertMatcher.Match(labels, [], [decision with { TenantId = "u" }], 1).Hurt);
        var stolen = Burst with { TenantId = labels[0].TenantId, Entities = labels[0].Entities, Start = labels[0].Start, End = labels[0].End };
        Assert.IsEmpty(AlertMatcher.Match([labels[0], stolen], [], [decision], 1).Hurt, "an attack with its account earned it");
        Assert.HasCount(1, AlertMatcher.Match([labels[0], stolen with { Start = Noon.AddHours(1), End = Noon.AddHours(2) }], [], [decision], 1).Hurt);
    }

    [TestMethod]
    public void False_alerts_are_counted_from_a_severity_up()
    {
        var alert = Raised(Signal.PolicyViolationBurst, "alice", 20);
        var report = AlertMatcher.Match([], [alert with { Severity = Severity.Low }, alert, alert, alert with { Severity = Severity.Critical }], [], 2);
        Assert.AreEqual(2, report.FalseAlertsPerTenantDay());
        Assert.AreEqual(1.5, report.FalseAlertsPerTenantDay(Severity.Medium));
        Assert.AreEqual(0.5, report.FalseAlertsPerTenantDay(Severity.High));
    }

    [TestMethod]
    [DataRow(1, true, DisplayName = "as it begins")]
    [DataRow(59, true, DisplayName = "while it lasts")]
    [DataRow(61, true, DisplayName = "as events come again")]
    [DataRow(63, false, DisplayName = "afterwards")]
    public void A_silence_may_be_noticed_until_shortly_after_its_end(int minutes, bool found)
    {
        var silence = Label(ScenarioKind.TelemetrySilence, isAttack: true, Signal.TelemetrySilence, "") with
        {
            Entities = [new Entity(EntityKind.Tenant, "t")],
            End = Noon.AddHours(1),
            Events = 0,
        };
        var alert = Raised(Signal.TelemetrySilence, "", minutes * 60) with { EntityKind = EntityKind.Tenant, PrincipalId = null };
        var report = AlertMatcher.Match([silence], [alert], [], 1);
        Assert.AreEqual(found ? 1 : 0, report.Recall);
        Assert.HasCount(found ? 0 : 1, report.FalseAlerts);
        if (found) Assert.AreEqual(TimeSpan.FromMinutes(minutes), report.Attacks.Single().MedianTimeToDetect);
    }

    [TestMethod]
    [DataRow(5, 15, DisplayName = "from that moment on")]
    [DataRow(30, 0, DisplayName = "the alert was there before")]
    public void Time_counts_from_where_the_attack_met_its_definition_as_well(int met, int after)
    {
        var score = AlertMatcher.Match([Burst with { MetAt = Noon.AddSeconds(met) }], [Raised(Signal.PolicyViolationBurst, "mallory", 20)], [], 1).Attacks.Single();
        Assert.AreEqual((TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(after)), (score.MedianTimeToDetect, score.MedianAfterMet));
    }

    [TestMethod]
    public void An_attack_that_was_missed_or_has_no_such_moment_is_not_in_that_median()
    {
        var met = Burst with { MetAt = Noon.AddSeconds(10) };
        AttackLabel[] labels = [met, met with { Id = "2", TenantId = "u" }, Burst with { Id = "3", Entities = [new Entity(EntityKind.Principal, "eve")] }];
        var score = AlertMatcher.Match(labels, [Raised(Signal.PolicyViolationBurst, "mallory", 20), Raised(Signal.PolicyViolationBurst, "eve", 50)], [], 1).Attacks.Single();
        Assert.AreEqual((2, TimeSpan.FromSeconds(10)), (score.Found, score.MedianAfterMet));
    }

    private static AttackLabel Label(ScenarioKind kind, bool isAttack, Signal signal, string who) => new()
    {
        Id = kind.ToString(),
        Kind = kind,
        IsAttack = isAttack,
        MayAlert = false,
        Signals = [signal],
        TenantId = "t",
        Entities = [new Entity(EntityKind.Principal, who)],
        Start = Noon,
        End = Noon.AddMinutes(1),
        Events = 20,
    };

    private static Alert Raised(Signal signal, string who, int seconds) => new()
    {
        Id = "a",
        Revision = 1,
        TenantId = "t",
        Signal = signal,
        Severity = Severity.Medium,
        Score = 50,
        DetectedAt = Noon.AddSeconds(seconds),
        WindowStart = Noon.AddSeconds(seconds - 60),
        WindowEnd = Noon.AddSeconds(seconds),
        Observed = 11,
        Expected = 0,
        Threshold = 10,
        EntityKind = EntityKind.Principal,
        PrincipalId = who,
        Explanation = "",
        Evidence = [],
        Techniques = [],
        EventIds = [],
        Drivers = [],
        RelatedAlertIds = [],
    };
}
