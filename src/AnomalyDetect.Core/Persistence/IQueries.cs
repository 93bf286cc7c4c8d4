using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Lanes;

namespace AnomalyDetect.Core.Persistence;

/// <summary>Reading for the API and command line. JSON rows are the stored bytes.</summary>
public interface IQueries
{
    /// <summary>Latest revisions, newest first.</summary>
    IReadOnlyList<StoredAlert> Alerts(AlertQuery query);

    /// <summary>The latest revision; null when there is no such alert.</summary>
    StoredAlert? Alert(string id);

    /// <summary>The newest rejections kept, and how many there were in all.</summary>
    (long Total, IReadOnlyList<StoredRejection> Rows) Rejections(int most);

    /// <summary>Tenants whose telemetry was out of time, what was noticed last first.</summary>
    /// <param name="tenants">Only these; empty: all.</param>
    /// <param name="after">Only those that come after the one of this <see cref="StoredClockFault.Sequence"/>; null: from the first.</param>
    IReadOnlyList<StoredClockFault> ClockFaults(IReadOnlyList<string> tenants, long? after, int most);

    /// <summary>Alerts, decisions and deliveries in all, for summaries.</summary>
    (long Alerts, long Decisions, long Delivered) Totals();
}

/// <summary>Which alerts; what is null does not matter.</summary>
public sealed record AlertQuery
{
    public string? TenantId { get; init; }

    /// <summary>Only of these tenants; empty: of all.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];

    public Signal? Signal { get; init; }

    /// <summary>As severe or more.</summary>
    public Severity? MinimumSeverity { get; init; }

    public EntityKind? EntityKind { get; init; }

    /// <summary>The id of the entity it is about.</summary>
    public string? Entity { get; init; }

    /// <summary>What the entity's id must contain, letter for letter.</summary>
    public string? Text { get; init; }

    /// <summary>Detected then or later (UTC).</summary>
    public DateTime? Since { get; init; }

    /// <summary>Detected then or earlier (UTC).</summary>
    public DateTime? Until { get; init; }

    /// <summary>Only those that come after this one, newest first.</summary>
    public AlertCursor? After { get; init; }

    /// <summary>One that was resolved by hand, and has not grown since, is resolved.</summary>
    public AlertState? State { get; init; }

    /// <summary>The latest verdict.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Only those nobody has given a verdict on yet.</summary>
    public bool Unjudged { get; init; }

    public int Most { get; init; } = 100;
}

/// <param name="Json">The alert as recorded.</param>
/// <param name="Verdict">The latest verdict as recorded (<see cref="AlertVerdict"/>); null without one.</param>
/// <param name="Acknowledged">The acknowledgement as recorded (<see cref="AlertAcknowledgement"/>); null without one.</param>
public sealed record StoredAlert(string TenantId, ReadOnlyMemory<byte> Json, ReadOnlyMemory<byte>? Verdict, ReadOnlyMemory<byte>? Acknowledged = null)
{
    /// <summary>Where it stands among the others.</summary>
    public required AlertCursor Cursor { get; init; }

    /// <summary>How it was resolved by hand at this revision, as recorded (<see cref="ManualResolution"/>); null where it was not.</summary>
    public ReadOnlyMemory<byte>? Resolution { get; init; }
}

/// <summary>A place in the order of alerts: by when they were detected, then by id. It stays where it is while others come and go.</summary>
public sealed record AlertCursor(DateTime DetectedAt, string Id);

public sealed record StoredRejection(string Lane, int Partition, long Offset, int Index, string Reason, string Detail, ReadOnlyMemory<byte> Sample);

/// <summary>All that was noticed of one tenant's clocks in one way.</summary>
/// <param name="Sequence">Its place: higher the later it was noticed last.</param>
/// <param name="FirstSeen">When it was noticed first, by the arrival of events (UTC).</param>
/// <param name="Hours">In how many hours it was noticed.</param>
/// <param name="Events">Out of time, as far as they had come when it was noticed in each of these hours: there were that many at least.</param>
/// <param name="Worst">How far an event was off at most, of those.</param>
/// <param name="EventId">One of those of the latest hour.</param>
public sealed record StoredClockFault(
    long Sequence, string TenantId, ClockFaultKind Kind, DateTime FirstSeen, DateTime LastSeen, long Hours, long Events, TimeSpan Worst, string EventId);

/// <summary>What a key may do.</summary>
public enum ApiRole : byte
{
    Ingest, Read, Respond, Admin, Enforcer,
}

/// <summary>A key as stored: only its hash, never itself. <paramref name="Tenants"/> empty means every tenant.</summary>
public sealed record ApiKey(string Id, string Name, IReadOnlyList<ApiRole> Roles, IReadOnlyList<string> Tenants, DateTime CreatedAt, DateTime? RevokedAt)
{
    /// <summary>From then on it opens nothing (UTC); null: it does not run out.</summary>
    public DateTime? ExpiresAt { get; init; }

    /// <summary>Until then the text before its last rotation opens too (UTC); null when it was not rotated.</summary>
    public DateTime? PreviousUntil { get; init; }

    /// <summary>When it was last used (UTC), to a few minutes; null: not yet.</summary>
    public DateTime? LastUsedAt { get; init; }

    public bool IsInForce(DateTime now) => RevokedAt is null && !(ExpiresAt <= now);
}

/// <summary>Keys by the hash of their text. Every change but a use is one transaction with its ledger entry, and holds from the next look-up on. Thread-safe.</summary>
public interface IApiKeyStore
{
    /// <summary>There is a key that was not revoked, run out or not.</summary>
    bool Any { get; }

    /// <param name="secretHash">SHA-256 of the key's text.</param>
    void Add(ApiKey key, byte[] secretHash, string actor);

    /// <summary>The key in force of this text, or of the text it had before a rotation whose grace has not passed.</summary>
    ApiKey? Find(byte[] secretHash);

    /// <summary>As <see cref="Find"/>, for who only asks whether there is one.</summary>
    bool Opens(byte[] secretHash);

    /// <summary>Gives a key in force another text. The one before stays good until <paramref name="previousUntil"/>, the one before that no longer. Null when none is in force.</summary>
    ApiKey? Rotate(string id, byte[] secretHash, DateTime previousUntil, string actor);

    /// <summary>Keeps when keys were last used; no ledger entries.</summary>
    void Used(IReadOnlyDictionary<string, DateTime> lastUsed);

    IReadOnlyList<ApiKey> List();

    bool Revoke(string id, string actor);
}
