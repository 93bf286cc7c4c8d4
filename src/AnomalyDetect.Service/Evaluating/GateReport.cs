using System.Text.Json.Serialization;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.TimeSeries.Ensemble;
using AnomalyDetect.Learning.Series;
using AnomalyDetect.Simulation;

namespace AnomalyDetect.Service.Evaluating;

/// <summary>A champion and its challenger side by side, and whether the challenger may take its place.</summary>
/// <param name="Champion">Id.</param>
/// <param name="Passed">No rule is broken.</param>
/// <param name="Series">What the training chose for the time-series ensemble, by kind of series; the defaults where a kind is not named.</param>
/// <param name="DriftAgainst">What drift is measured against.</param>
/// <param name="Notes">What a reader should know besides, in sentences.</param>
public sealed record GateReport(
    string Champion, string Challenger, bool Passed, TrainingSpan Training, HeldOutSpan HeldOut, IReadOnlyList<GateRule> Rules, IReadOnlyList<AttackRecall> Attacks,
    Compared SimulatedFalseAlerts, Compared HeldOutAlerts, IReadOnlyList<Exceedance> Calibration, IReadOnlyList<SeriesChoice> Series, string DriftAgainst, IReadOnlyList<DriftRow> Drift, Compared MicrosecondsPerEvent,
    Compared NanosecondsPerRow, IReadOnlyList<string> Notes);

/// <param name="LeftOut">Windows under confirmed attacks.</param>
public sealed record TrainingSpan(string Source, DateTime From, DateTime To, long Rows, long LeftOut, int Tenants, int Seed);

/// <summary>The latest part of what there was, which nothing was learned from.</summary>
public sealed record HeldOutSpan(DateTime From, DateTime To, long Rows, long LeftOut, double TenantDays);

public sealed record Compared(double Champion, double Challenger);

/// <param name="Limit">What the challenger must not be beyond.</param>
public sealed record GateRule(string Name, double Champion, double Challenger, double Limit, bool Passed);

/// <param name="Found">How many of the played ones were found.</param>
/// <param name="MedianSeconds">To detect; null where none was found.</param>
public sealed record AttackRecall(ScenarioKind Kind, int Played, Compared Found, double? ChampionMedianSeconds, double? ChallengerMedianSeconds);

/// <summary>How often windows were rarer than a probability: of a calibrated model, with that probability.</summary>
public sealed record Exceedance(double Expected, double Champion, double Challenger);

/// <param name="Principals">Population stability index.</param>
public sealed record DriftRow(Feature Feature, double Principals, double Tenants, bool IsLarge);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(SnakeCaseEnum<ScenarioKind>), typeof(SnakeCaseEnum<Feature>), typeof(SnakeCaseEnum<SeriesKind>)])]
[JsonSerializable(typeof(GateReport))]
public sealed partial class GateJson : JsonSerializerContext;
