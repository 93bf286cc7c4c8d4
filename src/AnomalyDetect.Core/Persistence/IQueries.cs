using AnomalyDetect.Core.Alerts;

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

    /// <summary>Alerts, decisions and deliveries in all, for summaries.</summary>
    (long Alerts, long Decisions, long Delivered) Totals();
}

/// <summary>Which alerts; what is null does not matter.</summary>
public sealed record AlertQuery
{
    public string? TenantId { get; init; }

    /// <summary>Detected then or later (UTC).</summary>
    public DateTime? Since { get; init; }

    /// <summary>Detected then or earlier (UTC).</summary>
    public DateTime? Until { get; init; }

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
public sealed record StoredAlert(string TenantId, ReadOnlyMemory<byte> Json, ReadOnlyMemory<byte>? Verdict, ReadOnlyMemory<byte>? Acknowledged = null);

public sealed record StoredRejection(string Lane, int Partition, long Offset, int Index, string Reason, string Detail, ReadOnlyMemory<byte> Sample);

/// <summary>What a key may do.</summary>
public enum ApiRole : byte
{
    Ingest, Read, Respond, Admin, Enforcer,
}

/// <summary>A key as stored: only its hash, never itself. <paramref name="Tenants"/> empty means every tenant.</summary>
public sealed record ApiKey(string Id, string Name, IReadOnlyList<ApiRole> Roles, IReadOnlyList<string> Tenants, DateTime CreatedAt, DateTime? RevokedAt);

public interface IApiKeyStore
{
    bool Any { get; }

    /// <param name="secretHash">SHA-256 of the key's text.</param>
    void Add(ApiKey key, byte[] secretHash, string actor);

    ApiKey? Find(byte[] secretHash);

    IReadOnlyList<ApiKey> List();

    bool Revoke(string id, string actor);
}
