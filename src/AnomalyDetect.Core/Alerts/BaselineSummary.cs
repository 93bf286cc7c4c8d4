using System.Text.Json.Serialization;

namespace AnomalyDetect.Core.Alerts;

/// <summary>How much a baseline is to be believed.</summary>
[JsonConverter(typeof(WordOf<BaselineState>))]
public enum BaselineState : byte
{
    /// <summary>Too little was seen; deviations count for less.</summary>
    Learning,

    Active,

    /// <summary>Nothing was learned for a day; what is normal may have changed meanwhile.</summary>
    Stale,
}

/// <summary>What an expectation rests on.</summary>
/// <param name="Windows">Closed windows learned from.</param>
/// <param name="Since">The first of them (UTC).</param>
public sealed record BaselineSummary(BaselineState State, int Windows, DateTime Since);

/// <summary>Observed and expected counts of the windows up to an alert, for a plot.</summary>
/// <param name="Start">Of the first window (UTC).</param>
/// <param name="Step">Seconds from one window to the next.</param>
public sealed record Series(DateTime Start, int Step, IReadOnlyList<double> Observed, IReadOnlyList<double> Expected);
