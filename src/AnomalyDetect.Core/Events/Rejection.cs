namespace AnomalyDetect.Core.Events;

/// <summary>Where a record stands: the log's partition, the record's offset in it and the event's index in the record.</summary>
public readonly record struct RecordPosition(int Partition, long Offset, int Index) : IComparable<RecordPosition>
{
    public int CompareTo(RecordPosition other) => (Partition, Offset, Index).CompareTo((other.Partition, other.Offset, other.Index));

    public static bool operator <(RecordPosition a, RecordPosition b) => a.CompareTo(b) < 0;
    public static bool operator >(RecordPosition a, RecordPosition b) => a.CompareTo(b) > 0;
    public static bool operator <=(RecordPosition a, RecordPosition b) => a.CompareTo(b) <= 0;
    public static bool operator >=(RecordPosition a, RecordPosition b) => a.CompareTo(b) >= 0;
}

/// <summary>A record that could not be read. <paramref name="Sample"/> holds its first bytes, at most <see cref="SampleLimit"/>.</summary>
/// <param name="Reason">A stable snake_case word, such as <c>malformed_json</c>, <c>missing_id</c> or <c>tenant_mismatch</c>: a metric label.</param>
/// <param name="Detail">One sentence a producer can act on.</param>
public sealed record Rejection(RecordPosition Position, string Reason, string Detail, ReadOnlyMemory<byte> Sample)
{
    public const int SampleLimit = 4096;
}
