using System.Text.Json.Serialization;

namespace AnomalyDetect.Core.Playbooks;

/// <summary>Who is told. Append only: the numbers are stored.</summary>
[JsonConverter(typeof(WordOf<Audience>))]
public enum Audience : byte
{
    TenantAdmin, SocTier1, SecurityLead,

    /// <summary>Nobody has to act: for machines that subscribe to what was done by itself.</summary>
    Automated,

    /// <summary>Whoever is woken when nobody else has answered.</summary>
    OnCall,
}

/// <summary>That an audience is to hear of one revision of an alert: a line of <c>notifications.ndjson</c>.</summary>
/// <param name="Id"><c>alert id _ revision</c>: one message however many audiences or targets it goes to.</param>
/// <param name="UnlessAcknowledgedWithin">Told only when nobody has acknowledged the alert so long after it was recorded; null: at once.</param>
public sealed record Notification(
    string Id, string AlertId, int Revision, string TenantId, Audience Audience, DateTime CreatedAt, string Title, string Text, TimeSpan? UnlessAcknowledgedWithin = null);
