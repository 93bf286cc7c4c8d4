using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Cases;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;
using AnomalyDetect.Storage.Deliveries;
using AnomalyDetect.Storage.Guards;

namespace AnomalyDetect.Storage.Lanes;

internal sealed class SqliteLaneStore(
    SqliteDatabase database, StoreOptions options, IDeliveryRouter router, SqliteOutbox outbox, SqliteAlertLog log, SqliteGuardStore guards, TimeProvider time)
    : ILaneStore
{
    /// <summary>Engine versions kept beside those that checkpoints name: one saved now is named by a checkpoint only later.</summary>
    private const int EnginesKept = 16;

    /// <exception cref="ArgumentException">A notification comes without its alert revision.</exception>
    public void Commit(IReadOnlyList<LaneCommit> commits)
    {
        if (commits.Count == 0) return;
        var (changed, alerted) = database.Write(session =>
        {
            var writer = new LaneCommitWriter(session, new LedgerWriter(session, time.GetUtcNow().UtcDateTime), router, guards, outbox.Expectant, options.RejectionsKept);
            foreach (var commit in commits) writer.Write(commit);
            return (writer.Changed, writer.Alerted);
        });
        if (changed) outbox.RaiseChanged();
        if (alerted) log.RaiseChanged();
    }

    /// <exception cref="InvalidOperationException">The position is beyond the lane's outcome position.</exception>
    public void SaveCheckpoint(LaneCheckpoint checkpoint) => database.Write(session =>
    {
        var outcome = session["SELECT outcome_offset FROM lane WHERE name = $1"].Number(checkpoint.Lane);
        if (outcome is null || checkpoint.NextOffset > outcome)
        {
            throw new InvalidOperationException(
                $"a checkpoint of lane '{checkpoint.Lane}' at {checkpoint.NextOffset} is beyond its outcome position ({outcome?.ToString() ?? "none"}): commit first");
        }

        CheckpointRows.Save(session, checkpoint);
    });

    public LanePositions? Load(string lane) => database.Read(session =>
    {
        using var rows = session["""
            SELECT outcome_offset, checkpoint_offset, checkpoint_observed_at, checkpoint_engine, checkpoint_length, checkpoint_hash FROM lane WHERE name = $1
            """].Rows(lane);
        if (!rows.Read()) return null;
        var checkpoint = rows.IsDBNull(1)
            ? null
            : new LaneCheckpoint(lane, rows.GetInt64(1), rows.Time(2), rows.GetString(3), CheckpointRows.Load(session, lane, rows.GetInt32(4), rows.Bytes(5)));
        return new LanePositions(lane, rows.GetInt64(0), checkpoint);
    });

    public string? LoadEngine(string version) => database.Read(session =>
        session["SELECT json FROM engine WHERE version = $1"].First(row => row.GetString(0), version));

    public void SaveEngine(string version, string json) => database.Write(session =>
    {
        session["DELETE FROM engine WHERE version = $1"].Run(version);
        session["INSERT INTO engine (saved, version, json) VALUES ((SELECT ifnull(max(saved), 0) + 1 FROM engine), $1, $2)"].Run(version, json);
        session["""
            DELETE FROM engine WHERE version NOT IN (SELECT checkpoint_engine FROM lane WHERE checkpoint_engine IS NOT NULL)
            AND saved <= (SELECT saved FROM engine ORDER BY saved DESC LIMIT 1 OFFSET $1)
            """].Run(EnginesKept);
    });

    public string Fix(string name, string value) => database.Write(session =>
    {
        session["INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING"].Run(name, value);
        return session["SELECT value FROM setting WHERE name = $1"].First(row => row.GetString(0), name)!;
    });
}
