using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Learning.Triage;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Learning.Tests.Triage;

/// <summary>Alerts with verdicts: attacks score higher and last longer, more or less.</summary>
internal static class SomeVerdicts
{
    public static List<JudgedAlert> Of(bool attacks, int count, int seed = 1)
    {
        var dice = new Random(seed + (attacks ? 1000 : 0));
        return [.. Enumerable.Range(0, count).Select(_ => JudgedAlert.Of(Alert(dice, attacks), attacks))];
    }

    public static Alert Alert(Random dice, bool isAttack)
    {
        var at = SomeTelemetry.Monday.AddMinutes(dice.Next(10_000));
        return new Alert
        {
            Id = "a", Revision = 1, TenantId = "acme", Signal = (Signal)dice.Next(6), Severity = (Severity)dice.Next(5), Score = (isAttack ? 45 : 25) + dice.Next(50),
            DetectedAt = at, WindowStart = at.AddMinutes(-1), WindowEnd = at, LastSeenAt = at.AddMinutes(dice.Next(isAttack ? 60 : 20)), Observed = 10 + dice.Next(100), Expected = dice.Next(10),
            Deviation = dice.Next(2) == 0 ? null : 3 + dice.NextDouble(), Threshold = 10, EntityKind = (EntityKind)dice.Next(5), Explanation = "x", Evidence = [], Techniques = [], EventIds = [], Drivers = [],
            RelatedAlertIds = [],
        };
    }
}
