using System.Text.Json;
using System.Text.Json.Serialization;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;

namespace AnomalyDetect.Simulation;

/// <summary>
/// The truth about one scenario: a line of <c>labels.ndjson</c>. Times are event times (UTC) of its first and last event; of a
/// <see cref="ScenarioKind.TelemetrySilence"/> they are the gap's.
/// </summary>
public sealed record AttackLabel
{
    /// <summary><c>kind-number</c>, unique in the run.</summary>
    public required string Id { get; init; }

    public required ScenarioKind Kind { get; init; }

    /// <summary>False: a benign look-alike, which must not be enforced against.</summary>
    public required bool IsAttack { get; init; }

    /// <summary>A look-alike that a careful person would want to see reported, below enforcement.</summary>
    public required bool MayAlert { get; init; }

    /// <summary>The signals an attack should raise, or those a look-alike resembles.</summary>
    public required IReadOnlyList<Signal> Signals { get; init; }

    public required string TenantId { get; init; }

    /// <summary>What the signal should be keyed by first; then others involved. Addresses as sources (IPv6 as <c>address/64</c>).</summary>
    public required IReadOnlyList<Entity> Entities { get; init; }

    /// <summary>Where the thing itself begins: a theft's first foreign event, an awakening; how its people lived before is not part of it.</summary>
    public required DateTime Start { get; init; }

    public required DateTime End { get; init; }

    /// <summary>How many events the scenario is made of, from <see cref="Start"/> on; 0 for a silence.</summary>
    public required int Events { get; init; }

    /// <summary>
    /// When the attack's own events first meet the definition of the first of <see cref="Signals"/>, by the options the run was made with
    /// (<see cref="SimulationOptions.Signals"/>): <c>met_at</c>, UTC. Of a silence, when as many events were due as its option calls for, whatever its shortest is. Null,
    /// and absent from the line: there is no such moment, for statistics or points decide, or the run ends before; and of every look-alike.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTime? MetAt { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, SimulationJson.Default.AttackLabel);

    /// <exception cref="JsonException">Not a label.</exception>
    public static AttackLabel FromJson(string json) =>
        JsonSerializer.Deserialize(json, SimulationJson.Default.AttackLabel) ?? throw new JsonException("the label is null");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(SnakeCaseEnum<Signal>), typeof(SnakeCaseEnum<EntityKind>), typeof(SnakeCaseEnum<ScenarioKind>)])]
[JsonSerializable(typeof(AttackLabel))]
internal sealed partial class SimulationJson : JsonSerializerContext;
