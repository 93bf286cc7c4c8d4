using System.Text.Json;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;

namespace AnomalyDetect.Storage.Decisions;

internal sealed class SqliteBouncerStore(SqliteDatabase database, TimeProvider time) : IBouncerStore
{
    /// <summary>As the ledger names them together.</summary>
    private const string Bouncers = "bouncers";

    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(1);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    public IReadOnlyList<KnownBouncer> Known() => database.Read(session => session["SELECT name, tenants, live_until FROM bouncer ORDER BY name"].List(
        row => new KnownBouncer(row.GetString(0), JsonSerializer.Deserialize(row.GetString(1), StorageJson.Default.IReadOnlyListString)!, row.Time(2))));

    public void Remember(KnownBouncer bouncer) => database.Write(session =>
    {
        session["DELETE FROM bouncer WHERE live_until <= $1"].Run(Columns.Ticks(Now - Forgotten));
        session["""
            INSERT INTO bouncer (name, tenants, live_until) VALUES ($1, $2, $3)
            ON CONFLICT (name) DO UPDATE SET tenants = excluded.tenants, live_until = excluded.live_until
            """].Run(bouncer.Name, JsonSerializer.Serialize(bouncer.Tenants, StorageJson.Default.IReadOnlyListString), Columns.Ticks(bouncer.LiveUntil));
    });

    public long VerifiedUpTo => database.Read(session => session["SELECT value FROM counter WHERE name = 'verified'"].Number() ?? 0);

    public int Verified(IReadOnlyList<VerifiedChange> changes, long upTo) => database.Write(session =>
    {
        var ledger = new LedgerWriter(session, Now);
        var recorded = 0;
        foreach (var change in changes)
        {
            if (session["UPDATE decision SET verified_sequence = $2 WHERE id = $1 AND feed_sequence = $2 AND coalesce(verified_sequence, 0) < $2"].Run(change.DecisionId, change.Sequence) == 0) continue;
            ledger.Append(new StepTaken(change.DecisionId, change.State == DecisionState.Active ? "verified" : "undo_verified", null, change.By, Bouncers));
            recorded++;
        }

        session["UPDATE counter SET value = $1 WHERE name = 'verified' AND value < $1"].Run(upTo);
        return recorded;
    });
}
