using System.Security.Cryptography;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Database;

namespace AnomalyDetect.Storage.Lanes;

/// <summary>A lane's checkpoint: its state in rows of 1 MiB, with its length and SHA-256 beside the lane.</summary>
internal static class CheckpointRows
{
    internal const int ChunkSize = 1 << 20;

    internal static void Save(SqliteSession session, LaneCheckpoint checkpoint)
    {
        session["DELETE FROM checkpoint_chunk WHERE lane = $1"].Run(checkpoint.Lane);
        var state = checkpoint.State;
        for (var (part, start) = (0, 0); start < state.Length; part++, start += ChunkSize)
        {
            var chunk = state.Slice(start, Math.Min(ChunkSize, state.Length - start));
            session["INSERT INTO checkpoint_chunk (lane, part, bytes) VALUES ($1, $2, $3)"].Run(checkpoint.Lane, part, Columns.Array(chunk));
        }

        session["""
            UPDATE lane SET checkpoint_offset = $2, checkpoint_observed_at = $3, checkpoint_engine = $4, checkpoint_length = $5, checkpoint_hash = $6
            WHERE name = $1
            """].Run(
            checkpoint.Lane, checkpoint.NextOffset, Columns.Ticks(checkpoint.ObservedAt), checkpoint.EngineVersion, state.Length, SHA256.HashData(state.Span));
    }

    /// <exception cref="StoreException">The state is not what was saved.</exception>
    internal static byte[] Load(SqliteSession session, string lane, int length, byte[] hash)
    {
        var state = new byte[length];
        var filled = 0;
        using var rows = session["SELECT bytes FROM checkpoint_chunk WHERE lane = $1 ORDER BY part"].Rows(lane);
        while (rows.Read())
        {
            var chunk = rows.Bytes(0);
            if (chunk.Length > length - filled) throw Damaged(lane);
            chunk.CopyTo(state, filled);
            filled += chunk.Length;
        }

        return filled == length && SHA256.HashData(state).AsSpan().SequenceEqual(hash) ? state : throw Damaged(lane);
    }

    private static StoreException Damaged(string lane) =>
        new(StoreProblem.Corrupt, $"The checkpoint of lane '{lane}' is damaged: restore a backup of the store, or start the lane anew from its log.");
}
