using AnomalyDetect.Core.Alerts;

namespace AnomalyDetect.Core.Persistence;

/// <summary>Reading for the API and command line. JSON rows are the stored bytes.</summary>
public interface IQueries
{
    /// <summary>Latest revisions, newest first. <paramref name="tenantId"/> null for all tenants, <paramref name="state"/> for all states.</summary>
    IReadOnlyList<ReadOnlyMemory<byte>> Alerts(string? tenantId, DateTime? since, AlertState? state, int most);

    /// <summary>The latest revision, and its tenant.</summary>
    (string TenantId, ReadOnlyMemory<byte> Json)? Alert(string id);

    /// <summary>The newest rejections kept, and how many there were in all.</summary>
    (long Total, IReadOnlyList<StoredRejection> Rows) Rejections(int most);

    /// <summary>Alerts, decisions and deliveries in all, for summaries.</summary>
    (long Alerts, long Decisions, long Delivered) Totals();
}

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
