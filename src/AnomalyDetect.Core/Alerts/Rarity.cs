namespace AnomalyDetect.Core.Alerts;

/// <summary>What a statistical finding amounts to under the operator's budget, and the levels it was held against.</summary>
/// <param name="Value">What it is rated by: what a window deviates by, or what a run of windows came to.</param>
/// <param name="Unit">Of it and of the levels.</param>
/// <param name="Why">How it came about, where somebody follows it; else null.</param>
internal readonly record struct Rarity(Severity Severity, double Value, double Low, double Medium, double High, string Unit, string? Why);
