using System.IO.Compression;

namespace AnomalyDetect.Formats;

/// <summary>How much a gzip stream may grow.</summary>
public sealed record GzipLimits
{
    /// <summary>Decompressed bytes; 1 KiB and up, default 16 MiB.</summary>
    public long Bytes { get; init; } = 16 << 20;

    /// <summary>Decompressed bytes a compressed one; 2 to 1,032 (what deflate can reach), default 200: telemetry stays below 50.</summary>
    public double Ratio { get; init; } = 200;
}

/// <summary>The stream decompresses to more than its limits allow: a gzip bomb, or a limit too small.</summary>
public sealed class GzipLimitException(string message) : IOException(message);

/// <summary>
/// Reads gzip (also several members behind each other) within <see cref="GzipLimits"/>. Reading throws <see cref="GzipLimitException"/> beyond them, and
/// <see cref="InvalidDataException"/> when the data is not gzip, is cut off or has something else behind it; what was read before may have been acted on
/// line by line. No bytes at all decompress to none.
/// </summary>
public static class BoundedGzip
{
    private const int MagicBytes = 2;

    /// <summary>The bytes begin as gzip does (RFC 1952).</summary>
    public static bool IsGzip(ReadOnlySpan<byte> head) => head.Length >= MagicBytes && head[0] == 0x1f && head[1] == 0x8b;

    /// <param name="compressed">Closed with the result.</param>
    public static Stream Open(Stream compressed, GzipLimits limits)
    {
        var counted = new GzipSource(compressed);
        return new BoundedGzipStream(counted, new GZipStream(counted, CompressionMode.Decompress), limits);
    }

    /// <summary>Reads the first bytes and decompresses when they are gzip's; otherwise gives the stream as it was.</summary>
    public static Stream OpenDetected(Stream stream, GzipLimits limits)
    {
        var head = new byte[MagicBytes];
        var read = stream.ReadAtLeast(head, MagicBytes, throwOnEndOfStream: false);
        var whole = new PrefixedStream(head.AsMemory(0, read), stream);
        return IsGzip(head.AsSpan(0, read)) ? Open(whole, limits) : whole;
    }
}
