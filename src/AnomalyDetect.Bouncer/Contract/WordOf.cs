using System.Text.Json;
using System.Text.Json.Serialization;

namespace AnomalyDetect.Core;

/// <summary>An enum as a snake_case word. Unknown words and numbers are refused. The contract's types name it; the service has its own of that name.</summary>
internal sealed class WordOf<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum
{
    public static string Of(T value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
