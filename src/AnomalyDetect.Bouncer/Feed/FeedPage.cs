using System.Text.Json;
using System.Text.Json.Serialization;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Bouncer.Feed;

/// <summary>One change of one decision.</summary>
/// <param name="InForceSince">When it took effect; null where the service does not say.</param>
internal sealed record FeedEntry(long Sequence, DecisionState State, Decision Decision, DateTime? InForceSince = null)
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
            var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = 16 });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException();
            var (entries, unreadable) = ((List<FeedEntry>?)null, 0);
            long? next = null, head = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString();
                reader.Read();
                switch (name)
                {
                    case "decisions": (entries, unreadable) = ReadAll(ref reader); break;
                    case "next": next = reader.GetInt64(); break;
                    case "head": head = reader.GetInt64(); break;
                    default: reader.Skip(); break;
                }
            }

            if (reader.TokenType != JsonTokenType.EndObject || reader.Read()) throw new JsonException();
            return new FeedPage(entries ?? throw new JsonException(), next ?? throw new JsonException(), head ?? throw new JsonException(), unreadable);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new FeedException("it answered something else than a decision feed", Retry.Slowly, e);
        }
    }

    private static (List<FeedEntry> Entries, int Unreadable) ReadAll(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException();
        var (entries, unreadable) = (new List<FeedEntry>(), 0);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            // A reader is where it was when reading an entry fails on a word it does not know; one that is no JSON at all fails in the skip, and with it the page.
            var entry = reader;
            reader.Skip();
            if (Read(ref entry) is { } read) entries.Add(read);
            else unreadable++;
        }

        return (entries, unreadable);
    }

    private static FeedEntry? Read(ref Utf8JsonReader entry)
    {
        try
        {
            return JsonSerializer.Deserialize(ref entry, ContractJson.Default.FeedLine)?.ToEntry();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}

/// <summary>One entry as the feed writes it: what is needed of a decision, beside its place and state.</summary>
internal sealed record FeedLine(
    [property: JsonRequired] long Seq, [property: JsonRequired] DecisionState State, [property: JsonRequired] string Id, [property: JsonRequired] string TenantId,
    [property: JsonRequired] DecisionType Type, [property: JsonRequired] DecisionScope Scope, [property: JsonRequired] string Value, [property: JsonRequired] DecisionParameters Parameters,
    [property: JsonRequired] DateTime CreatedAt, [property: JsonRequired] DateTime ExpiresAt, [property: JsonRequired] bool Simulated, DateTime? InForceSince)
{
    /// <summary>Without the alert and the rule, which enforce nothing and would fill the memory.</summary>
    public FeedEntry? ToEntry() => Id is null || TenantId is null || Value is null || Parameters is null ? null : new FeedEntry(
        Seq, State,
        new Decision
        {
            Id = Id,
            TenantId = TenantId,
            Type = Type,
            Scope = Scope,
            Value = Value,
            Parameters = Parameters,
            CreatedAt = CreatedAt,
            ExpiresAt = ExpiresAt,
            Simulated = Simulated,
        },
        InForceSince?.ToUniversalTime());
}

/// <summary>The contract's JSON as the service writes it: snake_case names, enums as snake_case words, UTC times.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(WordOf<DecisionState>)])]
[JsonSerializable(typeof(Decision))]
[JsonSerializable(typeof(FeedLine))]
internal sealed partial class ContractJson : JsonSerializerContext;
