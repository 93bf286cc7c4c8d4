using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Storage.Tests;

/// <summary>Valid values where it does not matter which.</summary>
internal static class Some
{
    internal static readonly DateTime Time = new(2026, 3, 2, 9, 0, 0, DateTimeKind.Utc);

    internal static readonly DateTime Later = Time.AddHours(1);

    internal static string Id(int number) => number.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);

    internal static Alert Alert(int number, int revision = 1, string tenant = "acme") => new()
    {
        Id = Id(number),
        Revision = revision,
        TenantId = tenant,
        Signal = Signal.PolicyViolationBurst,
        Severity = Severity.High,
        Score = 80,
        DetectedAt = Time.AddSeconds(number),
        WindowStart = Time,
        WindowEnd = Time.AddMinutes(1),
        Observed = 10 + revision,
        Expected = 1,
        Threshold = 10,
        EntityKind = EntityKind.Principal,
        PrincipalId = $"user-{number}",
        Explanation = $"user-{number} was denied {10 + revision} times in a minute.",
        Evidence = [],
        Techniques = ["T1078"],
        EventIds = ["e1"],
        Drivers = [],
        RelatedAlertIds = [],
    };

    internal static Notification Notification(Alert alert, Audience audience = Audience.SocTier1) =>
        new(alert.RevisionId, alert.Id, alert.Revision, alert.TenantId, audience, alert.WindowEnd, "Denied too often", alert.Explanation);

    internal static Decision Decision(int number, string tenant = "acme", bool simulated = false, DateTime? expiresAt = null) => new()
    {
        Id = Id(1_000_000 + number),
        AlertId = Id(number),
        TenantId = tenant,
        Type = DecisionType.BlockIp,
        Scope = DecisionScope.Address,
        Value = "203.0.113.7",
        Parameters = new DecisionParameters(),
        CreatedAt = Time,
        ExpiresAt = expiresAt ?? Later,
        Simulated = simulated,
    };

    internal static Rejection Rejection(long offset, int index = 0) =>
        new(new RecordPosition(0, offset, index), "malformed_json", $"record {offset} ends too early", "{\"id\":"u8.ToArray());

    /// <summary>Of so many events; a kind without any stays out of it.</summary>
    internal static ClockFault ClockFault(DateTime at, long late = 0, long ahead = 0, int minutes = 4, string tenant = "acme", string example = "e1") => new(
        tenant, at, 200, late == 0 ? default : new OutOfTime(late, TimeSpan.FromMinutes(minutes), example), ahead == 0 ? default : new OutOfTime(ahead, TimeSpan.FromMinutes(minutes), example));

    internal static LaneCommit Commit(string lane, long next, params ReadOnlySpan<object> items)
    {
        var outcome = new Outcome();
        var rejections = new List<Rejection>();
        foreach (var item in items)
        {
            switch (item)
            {
                case Alert alert: outcome.Alerts.Add(alert); break;
                case Decision decision: outcome.Decisions.Add(decision); break;
                case Notification notification: outcome.Notifications.Add(notification); break;
                case Rejection rejection: rejections.Add(rejection); break;
                case ClockFault fault: outcome.ClockFaults.Add(fault); break;
                default: throw new ArgumentException($"what is a {item.GetType()}?", nameof(items));
            }
        }

        return new LaneCommit(lane, next, outcome, rejections);
    }
}
