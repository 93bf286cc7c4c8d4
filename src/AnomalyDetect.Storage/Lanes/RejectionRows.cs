using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Database;

namespace AnomalyDetect.Storage.Lanes;

/// <summary>The dead letter: the newest rejections, and the count of all.</summary>
internal sealed class RejectionRows(SqliteSession session, int kept)
{
    /// <summary>
    /// Rejections before the lane's outcome position were stored with it and may be trimmed by now: they are neither stored nor counted again. To be
    /// called before the position moves.
    /// </summary>
    internal void Add(LaneCommit commit)
    {
        var position = session["SELECT outcome_offset FROM lane WHERE name = $1"].Number(commit.Lane) ?? long.MinValue;
        var added = 0;
        foreach (var rejection in commit.Rejections)
        {
            if (rejection.Position.Offset >= position) added += Add(commit.Lane, rejection);
        }

        if (added == 0) return;
        session["UPDATE counter SET value = value + $1 WHERE name = 'rejections'"].Run(added);
        session["DELETE FROM rejection WHERE sequence <= (SELECT sequence FROM rejection ORDER BY sequence DESC LIMIT 1 OFFSET $1)"].Run(kept);
    }

    private int Add(string lane, Rejection rejection) => session["""
        INSERT INTO rejection (lane, partition, position, item, reason, detail, sample) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (lane, partition, position, item) DO NOTHING
        """].Run(
        lane, rejection.Position.Partition, rejection.Position.Offset, rejection.Position.Index, rejection.Reason, rejection.Detail,
        Columns.Array(rejection.Sample.Length > Rejection.SampleLimit ? rejection.Sample[..Rejection.SampleLimit] : rejection.Sample));
}
