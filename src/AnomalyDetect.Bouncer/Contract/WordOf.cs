using System.Text.Json;
using System.Text.Json.Serialization;

namespace AnomalyDetect.Core;

/// <summary>
/// An enum as a snake_case word. Unknown words and numbers are refused. The contract's types name it, and the service has its own of that name; public, or whoever writes a
/// <see cref="Playbooks.Decision"/> by a generated context could not reach it.
/// </summary>
public sealed class WordOf<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
