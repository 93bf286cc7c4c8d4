using System.Text.Json;
using System.Text.Json.Serialization;

namespace AnomalyDetect.Learning.Registry;

/// <summary>The JSON of cards and manifests.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, IgnoreReadOnlyProperties = true, WriteIndented = true,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ModelCard))]
[JsonSerializable(typeof(RegistryManifest))]
public sealed partial class RegistryJson : JsonSerializerContext;
