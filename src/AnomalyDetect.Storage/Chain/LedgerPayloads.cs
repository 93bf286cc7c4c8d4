using System.Text.Json;
using System.Text.Json.Serialization;

namespace AnomalyDetect.Storage.Chain;

/// <summary>The kinds of ledger entries.</summary>
internal static class LedgerKinds
{
    internal const string Alert = "alert";
    internal const string Decision = "decision";
    internal const string DecisionStep = "decision_step";
    internal const string DecisionEnd = "decision_end";
    internal const string Enforcement = "enforcement";
    internal const string Delivery = "delivery";
    internal const string Verdict = "verdict";
    internal const string Acknowledgement = "acknowledgement";
    internal const string Escalation = "escalation";
    internal const string Playbook = "playbook";
    internal const string Resolution = "resolution";
    internal const string Exception = "exception";
    internal const string Operator = "operator";
}

/// <summary>What a <c>delivery</c> entry records.</summary>
/// <param name="Outcome"><c>delivered</c>, <c>dead</c>, <c>expired</c>, <c>cancelled</c> or <c>replayed</c>.</param>
internal sealed record DeliveryOutcome(
    string DeliveryId, string Target, string Kind, string SubjectId, string TenantId, string Outcome, long Attempts, string? Result, string? Actor);

/// <summary>What a <c>decision_end</c> entry records.</summary>
/// <param name="Outcome"><c>expired</c>, <c>undone</c> or <c>refused</c>.</param>
internal sealed record DecisionEnd(string DecisionId, string Outcome, string? Actor, string? Reason);

/// <summary>What a <c>decision_step</c> entry records.</summary>
/// <param name="Step"><c>requested</c> (by a person), <c>approved</c>, <c>held</c>, <c>acknowledged</c>, <c>verified</c>, <c>undo_acknowledged</c> or <c>undo_verified</c>.</param>
internal sealed record StepTaken(string DecisionId, string Step, string? Actor, string? Reason, string? Target = null);

/// <summary>What an <c>escalation</c> entry records: an alert nobody acknowledged in time, and who is told now.</summary>
internal sealed record Escalated(string AlertId, string Audience, string NotificationId);

/// <summary>What a <c>playbook</c> entry records.</summary>
internal sealed record PlaybookInForce(string Version, string Source, string Actor);

/// <summary>What an <c>enforcement</c> entry records: the first time a decision was carried out where requests pass.</summary>
/// <param name="Actor">Who said so.</param>
internal sealed record FirstEnforcement(string DecisionId, string Actor, DateTime FirstAt);

/// <summary>What an <c>operator</c> entry records.</summary>
internal sealed record OperatorCall(string Actor, string Action, string Subject, string Details);

/// <summary>The JSON of payloads that stand in the ledger itself, and of an API key's lists.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeliveryOutcome))]
[JsonSerializable(typeof(DecisionEnd))]
[JsonSerializable(typeof(StepTaken))]
[JsonSerializable(typeof(Escalated))]
[JsonSerializable(typeof(PlaybookInForce))]
[JsonSerializable(typeof(FirstEnforcement))]
[JsonSerializable(typeof(OperatorCall))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class StorageJson : JsonSerializerContext;
