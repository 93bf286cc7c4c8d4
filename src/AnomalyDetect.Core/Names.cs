using System.Text.Json;

namespace AnomalyDetect.Core;

/// <summary>The snake_case words of the contract's enums, for explanations, metrics and logs.</summary>
public static class Names
{
    public static string Of<T>(T value) where T : struct, Enum => Cache<T>.Words.Words.TryGetValue(value, out var word) ? word : value.ToString();

    public static bool TryParse<T>(string word, out T value) where T : struct, Enum
    {
        var known = Cache<T>.Words.Values.TryGetValue(word, out var found);
        value = known ? (T)found! : default;
        return known;
    }

    public static IEnumerable<string> All<T>() where T : struct, Enum => Cache<T>.Words.Values.Keys;

    private static class Cache<T> where T : struct, Enum
    {
        internal static readonly EnumWords Words = new(typeof(T));
    }

    /// <summary>Values are boxed: a dictionary of each enum's own kind would be compiled anew for each, which took a start longer than all look-ups of a run.</summary>
    private sealed class EnumWords
    {
        public EnumWords(Type type)
        {
            foreach (var value in Enum.GetValues(type))
            {
                var word = JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()!);
                Words.Add(value, word);
                Values.Add(word, value);
            }
        }

        public Dictionary<object, string> Words { get; } = [];

        public Dictionary<string, object> Values { get; } = [];
    }
}
