using AnomalyDetect.Core.Triage;

namespace AnomalyDetect.Testing;

/// <summary>Trees made by hand: worth a look above a score.</summary>
public static class SomeTriage
{
    public static TriageModel Above(double score) => new()
    {
        Format = TriageModel.CurrentFormat, Features = TriageFeatures.Names, Slope = -1, Offset = 0, Confirmed = 30, WavedAway = 30, Auc = 1,
        Trees = [new TriageTree { Features = [TriageFeatures.Names.Index().First(f => f.Item == "score").Index], Thresholds = [(float)score], Low = [~0], High = [~1], Leaves = [-2, 2], Means = [0] }],
    };
}
