using AnomalyDetect.Core.Multivariate;

namespace AnomalyDetect.Learning.Registry;

/// <summary>What stands beside a registered model: what it is, where it comes from, and what its files must hash to. Never changed once written.</summary>
/// <remarks>Version history of the format: 1, the first.</remarks>
public sealed record ModelCard
{
    public const int CurrentFormat = 1;

    public required int Format { get; init; }

    /// <summary><see cref="BehaviourModel.Id"/>, which is also the name of the version's folder.</summary>
    public required string Id { get; init; }

    /// <summary>Of the folder, the card aside.</summary>
    public required IReadOnlyList<CardFile> Files { get; init; }

    public required int ModelVersion { get; init; }

    public required int FeatureSchema { get; init; }

    /// <summary>Span, rows, seed.</summary>
    public required TrainingSummary Training { get; init; }

    /// <summary>Libraries it was trained and registered with, each with its version.</summary>
    public required IReadOnlyList<string> Libraries { get; init; }

    /// <summary>Whatever whoever trained it has measured, by name.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>The champion when it was registered, which it would follow; null: the built-in model.</summary>
    public string? Parent { get; init; }

    public required DateTime RegisteredAt { get; init; }

    public required string RegisteredBy { get; init; }

    public required string Reason { get; init; }
}

/// <param name="Sha256">Hex, of the file's bytes.</param>
public sealed record CardFile(string Name, long Bytes, string Sha256);
