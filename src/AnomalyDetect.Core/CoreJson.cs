using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Core.Triage;

namespace AnomalyDetect.Core;

/// <summary>
/// The contract's JSON: snake_case names, enums as snake_case words, no nulls, properties in declared order, UTC times as RFC 3339. The same bytes go to
/// files, the store, the ledger and webhooks.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters =
    [
        typeof(SnakeCaseEnum<Signal>), typeof(SnakeCaseEnum<Severity>), typeof(SnakeCaseEnum<EntityKind>), typeof(SnakeCaseEnum<DecisionType>),
        typeof(SnakeCaseEnum<DecisionScope>), typeof(SnakeCaseEnum<Audience>), typeof(SnakeCaseEnum<BaselineState>), typeof(SnakeCaseEnum<DayOfWeek>),
        typeof(SnakeCaseEnum<Feature>), typeof(SnakeCaseEnum<AlertState>), typeof(SnakeCaseEnum<AlertResolution>), typeof(SnakeCaseEnum<Verdict>),
    ])]
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(AlertVerdict))]
[JsonSerializable(typeof(AlertAcknowledgement))]
[JsonSerializable(typeof(ManualResolution))]
[JsonSerializable(typeof(GrantedException))]
[JsonSerializable(typeof(Decision))]
[JsonSerializable(typeof(Notification))]
[JsonSerializable(typeof(EngineOptions))]
[JsonSerializable(typeof(Playbook))]
[JsonSerializable(typeof(BehaviourModel))]
[JsonSerializable(typeof(TriageModel))]
[JsonSerializable(typeof(TriageJudgement))]
public sealed partial class CoreJson : JsonSerializerContext;

/// <summary>
/// For reading options and playbooks: what a file leaves out keeps its default. Generated readers set init-only properties that are left out to nothing, so
/// these are read by reflection; they are read once.
/// </summary>
internal static class OptionsJson
{
    public static JsonSerializerOptions WithDefaults { get; } = new(CoreJson.Default.Options) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
}

/// <summary>An enum as a snake_case word: <c>BlockIp</c> is <c>block_ip</c>. Unknown words and numbers are refused.</summary>
public sealed class SnakeCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
