namespace AnomalyDetect.Core.Alerts;

/// <summary>That a person has put an open alert aside. It holds for the revision it names: an alert that grows on is open again.</summary>
/// <param name="Revision">The alert's, as it stood then.</param>
/// <param name="At">When it was recorded (UTC).</param>
public sealed record ManualResolution(string AlertId, int Revision, string TenantId, string Reason, string Actor, DateTime At);
