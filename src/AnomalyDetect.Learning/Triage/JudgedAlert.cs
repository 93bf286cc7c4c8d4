using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Triage;

namespace AnomalyDetect.Learning.Triage;

/// <summary>An alert an analyst has judged, as a row to learn from.</summary>
public sealed class JudgedAlert
{
    /// <summary><see cref="TriageFeatures"/>.</summary>
    public required float[] Values { get; init; }

    /// <summary>It was confirmed; false: a false positive, or benign.</summary>
    public required bool IsAttack { get; init; }

    public static JudgedAlert Of(Alert alert, bool isAttack) => new() { Values = TriageFeatures.Of(alert), IsAttack = isAttack };
}
