using System.Security.Cryptography;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;

namespace AnomalyDetect.Storage.Work;

/// <summary>The ledger has which version was in force when; what it said is kept beside that, for the newest few.</summary>
internal sealed class SqlitePlaybookHistory(SqliteDatabase database, TimeProvider time) : IPlaybookHistory
{
    private const int Kept = 8;

    public bool Take(Playbook playbook, string source, string actor)
    {
        var (version, json) = (playbook.Version(), JsonSerializer.SerializeToUtf8Bytes(playbook, CoreJson.Default.Playbook));
        return database.Write(session =>
        {
            var now = time.GetUtcNow().UtcDateTime;
            var isNew = Newest(session) != version;
            // What was in force before texts were kept is kept from here on too.
            if (isNew || session["SELECT 1 FROM playbook WHERE version = $1"].Number(version) is null) Keep(session, version, json, now);
            if (!isNew) return false;
            var entry = new LedgerWriter(session, now).Append(new PlaybookInForce(version, source, actor));
            session["INSERT INTO playbook_taken (entry, version) VALUES ($1, $2)"].Run(entry, version);
            return true;
        });
    }

    public Playbook? Last() => database.Read(session =>
    {
        if (Newest(session) is not { } version) return null;
        var json = session["SELECT json FROM playbook WHERE version = $1"].First(row => row.Bytes(0), version);
        return json is not null && Convert.ToHexStringLower(SHA256.HashData(json)).StartsWith(version, StringComparison.Ordinal) ? Playbook.Parse(json) : null;
    });

    public IReadOnlyList<PlaybookTaken> List(int most) => database.Read(session =>
        session["SELECT l.recorded_at, l.payload FROM playbook_taken p JOIN ledger l ON l.sequence = p.entry ORDER BY p.entry DESC LIMIT $1"].List(
            row =>
            {
                var taken = JsonSerializer.Deserialize(row.Bytes(1), StorageJson.Default.PlaybookInForce)!;
                return new PlaybookTaken(taken.Version, taken.Source, taken.Actor, row.Time(0));
            },
            Math.Max(0, most)));

    private static string? Newest(SqliteSession session) => session["SELECT version FROM playbook_taken ORDER BY entry DESC LIMIT 1"].First(row => row.GetString(0));

    private static void Keep(SqliteSession session, string version, byte[] json, DateTime now)
    {
        session["INSERT INTO playbook (version, json, taken_at) VALUES ($1, $2, $3) ON CONFLICT (version) DO UPDATE SET json = excluded.json, taken_at = excluded.taken_at"]
            .Run(version, json, Columns.Ticks(now));
        session["DELETE FROM playbook WHERE version <> $1 AND version NOT IN (SELECT version FROM playbook ORDER BY taken_at DESC LIMIT $2)"].Run(version, Kept);
    }
}
