using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.Windows;

/// <summary>
/// A tenant's event time: its newest event's, never ahead of ObservedAt. A tenant that falls silent keeps its pace: after a grace of one
/// lateness its clock coasts with ObservedAt, from where it was, so that a tenant whose telemetry is always minutes old stays that old. Everything behind
/// the watermark (clock − lateness) is closed. Reading it changes nothing, so it does not matter when, or how often, somebody looks.
/// </summary>
internal struct TenantClock
{
    private long _clock;
    private long _observed;

    /// <summary>Event time (ticks) of the clock when the last event was in.</summary>
    public readonly long Now => _clock;

    public void Advance(long occurredAt, long observedAt, long lateness)
    {
        var coasted = Coasted(observedAt, lateness);
        _clock = Math.Max(coasted, occurredAt);
        _observed = Math.Max(_observed, observedAt);
    }

    public readonly long Watermark(long observedAt, long lateness) => Coasted(observedAt, lateness) - lateness;

    private readonly long Coasted(long observedAt, long lateness) =>
        _clock == 0 ? 0 : _clock + Math.Max(0, observedAt - _observed - lateness);

    public readonly void Save(StateWriter writer)
    {
        writer.Long(_clock);
        writer.Long(_observed);
    }

    public static TenantClock Load(ref StateReader reader) => new() { _clock = reader.Long(), _observed = reader.Long() };
}
