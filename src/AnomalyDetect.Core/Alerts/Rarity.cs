namespace AnomalyDetect.Core.Alerts;

/// <summary>What a statistical finding amounts to under the operator's budget, and the levels it was held against.</summary>
/// <param name="Value">What it is rated by: what a window deviates by, or what a run of windows came to.</param>
/// <param name="Unit">Of it and of the levels.</param>
/// <param name="Why">How it came about, where somebody follows it, and what holds it down; else null.</param>
internal readonly record struct Rarity(Severity Severity, double Value, double Low, double Medium, double High, string Unit, string? Why)
{
    /// <summary>The same, held down to <paramref name="most"/> for what the deviation alone does not say.</summary>
    /// <param name="why">In words, behind "for".</param>
    public Rarity AtMost(Severity most, string why) =>
        Severity <= most ? this : this with { Severity = most, Why = $"{Why}{(Why is null ? "" : "; ")}no more than {Names.Of(most)}, for {why}" };
}
