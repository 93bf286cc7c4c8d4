using AnomalyDetect.Core.Multivariate;

namespace AnomalyDetect.Core.Alerts;

/// <summary>What one feature did to make a window odd.</summary>
/// <param name="Observed">In the window, as a person counts it.</param>
/// <param name="Expected">What is usual of the entity.</param>
/// <param name="Share">Of the distance from the ordinary, 0 to 1.</param>
public sealed record Contribution(Feature Feature, double Observed, double Expected, double Share);
