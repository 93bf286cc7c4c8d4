using System.Globalization;
using System.Text.Json;
using AnomalyDetect.Core;

namespace AnomalyDetect.Service.Configuration;

/// <param name="Read">Null when the value is not of this kind.</param>
/// <param name="Allowed">As in "must be …".</param>
internal sealed record ConfigScalar(Func<JsonElement, object?> Read, string Allowed);

/// <summary>How single values are read.</summary>
internal static class ConfigScalars
{
    private static readonly Dictionary<Type, ConfigScalar> Known = new()
    {
        [typeof(string)] = new(j => j.ValueKind == JsonValueKind.String ? j.GetString() : null, "a string"),
        [typeof(bool)] = new(j => j.ValueKind is JsonValueKind.True or JsonValueKind.False ? j.GetBoolean() : null, "true or false"),
        [typeof(int)] = new(j => j.ValueKind == JsonValueKind.Number && j.TryGetInt32(out var v) ? v : null, "a whole number"),
        [typeof(long)] = new(j => j.ValueKind == JsonValueKind.Number && j.TryGetInt64(out var v) ? v : null, "a whole number"),
        [typeof(double)] = new(j => j.ValueKind == JsonValueKind.Number && j.TryGetDouble(out var v) && double.IsFinite(v) ? v : null, "a number"),
        [typeof(TimeSpan)] = new(j => j.ValueKind == JsonValueKind.String && Duration.TryParse(j.GetString()!, out var v) ? v : null, Duration.Shape),
        [typeof(Uri)] = new(j => j.ValueKind == JsonValueKind.String && Uri.TryCreate(j.GetString(), UriKind.Absolute, out var v) ? v : null, "an absolute URL"),
        [typeof(DateTimeOffset)] = new(
            j => j.ValueKind == JsonValueKind.String && DateTimeOffset.TryParse(j.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var v) ? v : null,
            "a time such as \"2026-01-31T12:00:00Z\""),
    };

    public static ConfigScalar? For(Type type)
    {
        if (Known.TryGetValue(type, out var scalar)) return scalar;
        if (!type.IsEnum) return null;
        var words = Enum.GetValues(type).Cast<object>().ToDictionary(v => JsonNamingPolicy.SnakeCaseLower.ConvertName(v.ToString()!), v => v, StringComparer.Ordinal);
        return new ConfigScalar(
            j => j.ValueKind == JsonValueKind.String && words.TryGetValue(j.GetString()!, out var value) ? value : null,
            "one of " + string.Join(", ", words.Keys.Select(w => $"\"{w}\"")));
    }
}
