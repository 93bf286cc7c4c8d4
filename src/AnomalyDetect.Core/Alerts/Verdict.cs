using System.Text.Json.Serialization;

namespace AnomalyDetect.Core.Alerts;

/// <summary>What an analyst made of an alert. Append only: the numbers are stored.</summary>
[JsonConverter(typeof(WordOf<Verdict>))]
public enum Verdict : byte
{
    /// <summary>An attack.</summary>
    TruePositive,

    /// <summary>Nothing of the kind happened: the detector erred.</summary>
    FalsePositive,

    /// <summary>It happened as told, and was meant to: a migration, a test, a new client.</summary>
    Benign,
}

/// <summary>A verdict as it was given. Of several on one alert the latest counts; the earlier ones stay in the record.</summary>
/// <param name="Revision">The alert's, as it stood then.</param>
/// <param name="At">When it was recorded (UTC).</param>
public sealed record AlertVerdict(string AlertId, int Revision, string TenantId, Verdict Verdict, string Reason, string Actor, DateTime At);
