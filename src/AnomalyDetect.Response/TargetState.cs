using AnomalyDetect.Response.Deliveries;

namespace AnomalyDetect.Response;

/// <summary>Where a target stands, for <c>/readyz</c> and the API.</summary>
/// <param name="Healthy">The last word from it was good, or there was none yet.</param>
/// <param name="Reason">The last error, or why it is disabled; null while healthy.</param>
/// <param name="FailingSince">Since when nothing got through (UTC).</param>
public sealed record TargetState(string Name, TargetKind Kind, bool Healthy, bool Disabled, string? Reason, DateTime? FailingSince);
