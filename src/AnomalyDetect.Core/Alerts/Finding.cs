namespace AnomalyDetect.Core.Alerts;

/// <summary>One detector's verdict on one observation, with its evidence. Times are event times (UTC).</summary>
/// <param name="At">The event time of the crossing, or the end of the judged window.</param>
/// <param name="Deviation">In σ where the detector has one.</param>
/// <param name="Model">Id of the trained model that judged, where one did.</param>
public sealed record Finding(
    Signal Signal, Entity Entity, DateTime At, DateTime WindowStart, DateTime WindowEnd, double Observed, double Expected, double Threshold, double? Deviation,
    string? Model = null);
