using System.Text.Json;

namespace AnomalyDetect.Core;

/// <summary>The snake_case words of the contract's enums, for explanations, metrics and logs.</summary>
public static class Names
{
    public static string Of<T>(T value) where T : struct, Enum => Cache<T>.Words.TryGetValue(value, out var word) ? word : value.ToString();

    public static bool TryParse<T>(string word, out T value) where T : struct, Enum => Cache<T>.Values.TryGetValue(word, out value);

    public static IEnumerable<string> All<T>() where T : struct, Enum => Cache<T>.Values.Keys;

    private static class Cache<T> where T : struct, Enum
    {
        internal static readonly Dictionary<T, string> Words =
            Enum.GetValues<T>().ToDictionary(v => v, v => JsonNamingPolicy.SnakeCaseLower.ConvertName(v.ToString()));

        internal static readonly Dictionary<string, T> Values = Words.ToDictionary(p => p.Value, p => p.Key);
    }
}
