using System.Security.Cryptography;
using System.Text.Json;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Core.Lanes;

/// <summary>
/// Everything that decides what a lane makes of an event. Immutable and replaced whole; its <see cref="Version"/> stands in each checkpoint, and a change
/// takes effect only together with one.
/// </summary>
public sealed record EngineOptions
{
    public required DetectionOptions Detection { get; init; }

    public required EnforcementOptions Enforcement { get; init; }

    public required Playbook Playbook { get; init; }

    /// <summary>For the multivariate part of <c>ml_spike</c>, which is off without one.</summary>
    public BehaviourModel? Model { get; init; }

    /// <summary>Scores beside <see cref="Model"/> and tells nobody: what it would have alerted is counted. Off, and free, without one.</summary>
    public BehaviourModel? Shadow { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, CoreJson.Default.EngineOptions);

    public static EngineOptions FromJson(string json) =>
        JsonSerializer.Deserialize<EngineOptions>(json, OptionsJson.WithDefaults) ?? throw new JsonException("engine options are null");

    /// <summary>First 16 hex digits of the SHA-256 of <see cref="ToJson"/>.</summary>
    public string Version() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, CoreJson.Default.EngineOptions)))[..16];
}
