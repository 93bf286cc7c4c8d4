using System.Text.Json;
using AnomalyDetect.Core.Alerts;

namespace AnomalyDetect.Core.Playbooks;

/// <summary>Rules from alerts to decisions and notifications. Data, not code: the default is the embedded <c>playbook.default.json</c>.</summary>
public sealed record Playbook
{
    public required IReadOnlyList<PlaybookRule> Rules { get; init; }

    /// <summary>The blueprint's responses.</summary>
    public static Playbook Default { get; } = LoadDefault();

    /// <exception cref="JsonException">Not a playbook; the message says where.</exception>
    public static Playbook Parse(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<Playbook>(json, OptionsJson.WithDefaults) ?? throw new JsonException("a playbook is an object with rules");

    private static Playbook LoadDefault()
    {
        using var stream = typeof(Playbook).Assembly.GetManifestResourceStream("playbook.default.json")!;
        return JsonSerializer.Deserialize<Playbook>(stream, OptionsJson.WithDefaults)!;
    }
}

public sealed record PlaybookRule
{
    public required string Name { get; init; }

    /// <summary>Applies to alerts of these signals.</summary>
    public required IReadOnlyList<Signal> Signals { get; init; }

    /// <summary>Below this severity the rule decides nothing (it may still notify).</summary>
    public Severity DecideFrom { get; init; } = Severity.Medium;

    public IReadOnlyList<DecisionTemplate> Decisions { get; init; } = [];

    public IReadOnlyList<NotificationTemplate> Notify { get; init; } = [];
}

/// <param name="Scopes">Aims at each of the alert's drivers of these kinds.</param>
/// <param name="ExpiresAfter">1 s to 30 days.</param>
public sealed record DecisionTemplate(DecisionType Type, IReadOnlyList<DecisionScope> Scopes, TimeSpan ExpiresAfter, DecisionParameters? Parameters = null);

/// <param name="From">The lowest severity this audience hears of.</param>
public sealed record NotificationTemplate(Audience Audience, Severity From = Severity.Info);
