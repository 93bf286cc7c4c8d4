using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Formats;

/// <summary>
/// A format the product reads. A new one is a class of this shape, listed in <see cref="EventFormats"/>; the conformance suite in the tests runs over all.
/// </summary>
public interface IEventFormat
{
    /// <summary>As on the command line: <c>native</c>, <c>cloudtrail</c>.</summary>
    string Name { get; }

    /// <summary>The lateness its producers need.</summary>
    TimeSpan AllowedLateness { get; }

    /// <param name="symbols">Of the decoding thread.</param>
    IEventDecoder CreateDecoder(DecodeLimits limits, SymbolTable symbols);

    /// <summary>Cuts a byte stream (a file, stdin, an HTTP body) into records.</summary>
    IRecordFramer CreateFramer(DecodeLimits limits);
}

/// <summary>Reads one record. Single-threaded; keeps no reference to the buffer beyond the batch.</summary>
public interface IEventDecoder
{
    /// <summary>
    /// Decodes one record, which may hold several events, into the batch. MUST NOT throw, whatever the bytes: what cannot be read becomes a
    /// <see cref="Rejection"/> in the batch.
    /// </summary>
    /// <param name="buffer">Holds the record at <paramref name="offset"/>; slices point into it, so it must live as long as the batch is used.</param>
    void Decode(byte[] buffer, int offset, int length, in RecordOrigin origin, EventBatch batch);
}

/// <summary>Where a record came from.</summary>
/// <param name="ObservedAt">Null for files: ObservedAt then is the running maximum of <c>time</c>, kept by the decoder.</param>
/// <param name="TrustInternal">The source is configured to be believed when it says <c>internal</c>.</param>
/// <param name="ExpectedTenant">When set, an event of another tenant is rejected as <c>tenant_mismatch</c>.</param>
public readonly record struct RecordOrigin(int Partition, long Offset, DateTime? ObservedAt, bool TrustInternal, Symbol? ExpectedTenant);

/// <summary>Where a record lies in a buffer.</summary>
public readonly record struct RecordSpan(int Offset, int Length);

/// <summary>Finds complete records in a growing buffer. Stateful over one stream; MUST NOT throw, whatever the bytes.</summary>
public interface IRecordFramer
{
    /// <summary>Adds the complete records found in <paramref name="buffer"/> and returns how many bytes are done with; the rest is given again, with more behind it.</summary>
    /// <param name="final">No more will come: what is left is a record too.</param>
    /// <remarks>
    /// A record longer than the limit is cut off: its first bytes (up to the limit + 1) are given as a record, which the decoder rejects as
    /// <c>record_too_large</c>, and the rest is skipped. So progress is always made with a buffer of limit + 1 bytes.
    /// </remarks>
    int Frame(ReadOnlySpan<byte> buffer, bool final, List<RecordSpan> records);
}

/// <summary>Bounds of what is read; beyond them a record is rejected.</summary>
public sealed record DecodeLimits
{
    /// <summary>1 KiB to 64 MiB; default 1 MiB.</summary>
    public int RecordBytes { get; init; } = 1 << 20;

    /// <summary>2 to 256.</summary>
    public int JsonDepth { get; init; } = 32;

    /// <summary>Of any string the event contract names, in UTF-8 bytes; 64 to 65,536.</summary>
    public int StringBytes { get; init; } = 1024;
}
