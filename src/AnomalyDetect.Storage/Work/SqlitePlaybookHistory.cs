using System.Text.Json;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;

namespace AnomalyDetect.Storage.Work;

internal sealed class SqlitePlaybookHistory(SqliteDatabase database, TimeProvider time) : IPlaybookHistory
{
    public bool Take(string version, string source, string actor) => database.Write(session =>
    {
        if (session["SELECT version FROM playbook_taken ORDER BY entry DESC LIMIT 1"].First(row => row.GetString(0)) == version) return false;
        var entry = new LedgerWriter(session, time.GetUtcNow().UtcDateTime).Append(new PlaybookInForce(version, source, actor));
        session["INSERT INTO playbook_taken (entry, version) VALUES ($1, $2)"].Run(entry, version);
        return true;
    });

    public IReadOnlyList<PlaybookTaken> List(int most) => database.Read(session =>
        session["SELECT l.recorded_at, l.payload FROM playbook_taken p JOIN ledger l ON l.sequence = p.entry ORDER BY p.entry DESC LIMIT $1"].List(
            row =>
            {
                var taken = JsonSerializer.Deserialize(row.Bytes(1), StorageJson.Default.PlaybookInForce)!;
                return new PlaybookTaken(taken.Version, taken.Source, taken.Actor, row.Time(0));
            },
            Math.Max(0, most)));
}
