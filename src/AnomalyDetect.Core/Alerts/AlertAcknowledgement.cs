namespace AnomalyDetect.Core.Alerts;

/// <summary>That somebody sees to an alert: from here on its contact chain is silent.</summary>
/// <param name="Revision">The alert's, as it stood then.</param>
/// <param name="At">When it was recorded (UTC).</param>
public sealed record AlertAcknowledgement(string AlertId, int Revision, string TenantId, string Actor, string? Note, DateTime At);
