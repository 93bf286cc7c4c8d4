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
/// The same bytes, for what is written often, by code that asks nothing at run time of what a type is made of, which otherwise is a good part of what a process compiles until
/// it has told of its first alert. It reads nothing, and does not write to streams.
/// </summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(Decision))]
[JsonSerializable(typeof(Notification))]
public sealed partial class WrittenJson : JsonSerializerContext;

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

/// <summary>The same where a context names no converters: <see cref="WrittenJson"/> cannot.</summary>
public sealed class WordOf<T> : JsonConverter<T>
    where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Names.TryParse<T>(reader.GetString()!, out var value) ? value : throw new JsonException($"It is no {typeof(T).Name}.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Names.Of(value));
}
