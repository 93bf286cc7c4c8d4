using System.Text.Json;
using System.Text.Json.Serialization;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Bouncer.Feed;

/// <summary>One change of one decision.</summary>
internal sealed record FeedEntry(long Sequence, DecisionState State, Decision Decision)
{
    public bool IsTombstone => State is DecisionState.Expired or DecisionState.Undone;

    /// <summary>One word for "dry run" suffices.</summary>
    public bool IsSimulated => State == DecisionState.Simulated || Decision.Simulated;
}

/// <summary>An answer of the decision feed.</summary>
/// <param name="Next">What to ask for after it.</param>
/// <param name="Head">The newest sequence there is; below what was asked for, the feed is not the one it was.</param>
/// <param name="Unreadable">Entries of a kind this bouncer does not know, as a newer service may write them. They are passed over, never guessed at.</param>
internal sealed record FeedPage(IReadOnlyList<FeedEntry> Entries, long Next, long Head, int Unreadable)
{
    /// <exception cref="FeedException">It is no answer of the feed.</exception>
    public static FeedPage Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
            var root = document.RootElement;
            var decisions = root.GetProperty("decisions");
            var entries = new List<FeedEntry>(decisions.GetArrayLength());
            foreach (var decision in decisions.EnumerateArray())
                if (Read(decision) is { } entry) entries.Add(entry);
            return new FeedPage(entries, root.GetProperty("next").GetInt64(), root.GetProperty("head").GetInt64(), decisions.GetArrayLength() - entries.Count);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new FeedException("it answered something else than a decision feed", Retry.Slowly, e);
        }
    }

    private static FeedEntry? Read(JsonElement entry)
    {
        try
        {
            var state = entry.GetProperty("state").Deserialize(ContractJson.Default.DecisionState);
            var decision = entry.Deserialize(ContractJson.Default.Decision);
            return decision is null ? null : new FeedEntry(entry.GetProperty("seq").GetInt64(), state, decision);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}

/// <summary>The contract's JSON as the service writes it: snake_case names, enums as snake_case words, UTC times.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(ContractWord<DecisionType>), typeof(ContractWord<DecisionScope>), typeof(ContractWord<DecisionState>)])]
[JsonSerializable(typeof(Decision))]
[JsonSerializable(typeof(DecisionState))]
internal sealed partial class ContractJson : JsonSerializerContext;

/// <summary>An enum as a snake_case word. Unknown words and numbers are refused.</summary>
internal sealed class ContractWord<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum
{
    public static string Of(T value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
