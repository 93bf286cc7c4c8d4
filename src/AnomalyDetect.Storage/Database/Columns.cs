using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace AnomalyDetect.Storage.Database;

/// <summary>Between what columns hold and what the contracts speak of.</summary>
internal static class Columns
{
    extension(SqliteDataReader row)
    {
        internal DateTime Time(int column) => new(row.GetInt64(column), DateTimeKind.Utc);

        internal DateTime? TimeOrNull(int column) => row.IsDBNull(column) ? null : row.Time(column);

        internal string? TextOrNull(int column) => row.IsDBNull(column) ? null : row.GetString(column);

        internal byte[] Bytes(int column) => row.GetFieldValue<byte[]>(column);

        internal byte[]? BytesOrNull(int column) => row.IsDBNull(column) ? null : row.Bytes(column);
    }

    /// <summary>A local time is converted; an unspecified one is taken as UTC.</summary>
    internal static long Ticks(DateTime time) => time.Kind == DateTimeKind.Local ? time.ToUniversalTime().Ticks : time.Ticks;

    internal static object? Ticks(DateTime? time) => time is { } t ? Ticks(t) : null;

    /// <summary>The bytes as an array, copied only where they are a part of one.</summary>
    internal static byte[] Array(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Offset == 0 && segment.Array!.Length == segment.Count ? segment.Array : bytes.ToArray();
}
