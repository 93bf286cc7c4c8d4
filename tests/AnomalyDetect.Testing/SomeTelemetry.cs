using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Testing;

/// <summary>Values that do not matter to a test.</summary>
public static class SomeTelemetry
{
    /// <summary>A Monday, 09:00 UTC.</summary>
    public static readonly DateTime Monday = new(2026, 3, 2, 9, 0, 0, DateTimeKind.Utc);

    private static int _ids;

    public static EngineOptions Options(bool enforce = true) => new()
    {
        Detection = new DetectionOptions(),
        Enforcement = new EnforcementOptions { Enforce = enforce },
        Playbook = Playbook.Default,
    };

    /// <summary>A successful API call in tenant <c>acme</c>.</summary>
    public static TelemetryEvent Event(DateTime at, string tenant = "acme", string? id = null) => new()
    {
        Id = TextSlice.Of(id ?? $"e{Interlocked.Increment(ref _ids)}"),
        OccurredAt = at,
        ObservedAt = at,
        Tenant = Symbol.Create(tenant),
        Type = EventType.ApiCall,
        Outcome = EventOutcome.Success,
        Count = 1,
    };
}
