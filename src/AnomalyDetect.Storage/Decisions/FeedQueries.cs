using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Database;

namespace AnomalyDetect.Storage.Decisions;

/// <summary>
/// The feed's reads, each over an index of its own: a full copy over what is in force, changes over the sequence. Dry runs never change, so they are in force
/// until they expire.
/// </summary>
internal static class FeedQueries
{
    private const string FullCopy =
        $"SELECT {DecisionRows.Selected} FROM {DecisionRows.Joined} WHERE state = 0 AND ($1 IS NULL OR tenant_id = $1) ORDER BY feed_sequence LIMIT $2";

    private const string FullCopyWithDryRuns = $"""
        SELECT {DecisionRows.Selected} FROM {DecisionRows.Joined} WHERE state = 0 AND ($1 IS NULL OR tenant_id = $1)
        UNION ALL
        SELECT {DecisionRows.Selected} FROM {DecisionRows.Joined}
        WHERE state = 1 AND feed_sequence IS NOT NULL AND expires_at > $3 AND ($1 IS NULL OR tenant_id = $1)
        ORDER BY 1 LIMIT $2
        """;

    private const string Changes =
        $"SELECT {DecisionRows.Selected} FROM {DecisionRows.Joined} WHERE feed_sequence > $1 AND (state <> 1 OR $3) ORDER BY feed_sequence LIMIT $2";

    private const string ChangesOfTenant =
        $"SELECT {DecisionRows.Selected} FROM {DecisionRows.Joined} WHERE feed_sequence > $1 AND tenant_id = $4 AND (state <> 1 OR $3) ORDER BY feed_sequence LIMIT $2";

    internal static List<DecisionFeedRow> Read(SqliteSession session, long after, string? tenant, int most, bool simulated, DateTime now)
    {
        most = Math.Max(0, most);
        if (after <= 0)
        {
            return simulated
                ? session[FullCopyWithDryRuns].List(DecisionRows.MapRow, tenant, most, Columns.Ticks(now))
                : session[FullCopy].List(DecisionRows.MapRow, tenant, most);
        }

        return tenant is null
            ? session[Changes].List(DecisionRows.MapRow, after, most, simulated)
            : session[ChangesOfTenant].List(DecisionRows.MapRow, after, most, simulated, tenant);
    }
}
