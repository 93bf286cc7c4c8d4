using System.Buffers.Binary;
using System.Globalization;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Streaming.Journals;
using Microsoft.Win32.SafeHandles;

namespace AnomalyDetect.Streaming.History;

/// <summary>
/// One file of the history, named by its number: <c>0000000001.history</c>. Header, version 1, little endian: 8 bytes magic <c>ADHISTO1</c> · u32 schema of the
/// features (<see cref="Features.Schema"/>) · u32 number of features · i64 when it was begun, ticks (UTC) · u32 zero · u32 CRC-32C of the number (i64) and the
/// bytes before. Blocks follow (<see cref="HistoryBlockHeader"/>).
/// </summary>
/// <param name="Begun">Nothing in earlier segments was written later.</param>
internal sealed record HistorySegment(string Path, long Number, int Schema, DateTime Begun)
{
    public const int HeaderSize = 32;
    private const string Extension = ".history";

    private static ReadOnlySpan<byte> Magic => "ADHISTO1"u8;

    public string Name => System.IO.Path.GetFileName(Path);

    public static string PathOf(string directory, long number) => System.IO.Path.Combine(directory, number.ToString("D10", CultureInfo.InvariantCulture) + Extension);

    public static byte[] Header(long number, DateTime begun)
    {
        var header = new byte[HeaderSize];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), Features.Schema);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), Features.Count);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), begun.Ticks);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(28), JournalRecord.Crc(number, header.AsSpan(0, 28)));
        return header;
    }

    /// <summary>Paths of a directory's segments in order, readable or not.</summary>
    public static IReadOnlyList<string> PathsIn(string directory) =>
        System.IO.Directory.Exists(directory)
            ? [.. System.IO.Directory.GetFiles(directory, "*" + Extension).Where(p => NumberOf(p) is not null).Order(StringComparer.Ordinal)]
            : [];

    public static long? NumberOf(string path) =>
        long.TryParse(System.IO.Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    /// <summary>Null when its header is not there or not what was written.</summary>
    public static HistorySegment? Read(SafeFileHandle handle, string path)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        if (NumberOf(path) is not { } number || RandomAccess.Read(handle, header, 0) < HeaderSize || !header.StartsWith(Magic)) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[28..]) != JournalRecord.Crc(number, header[..28])) return null;
        var ticks = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        if ((ulong)ticks > (ulong)DateTime.MaxValue.Ticks) return null;
        return new HistorySegment(path, number, (int)BinaryPrimitives.ReadUInt32LittleEndian(header[8..]), new DateTime(ticks, DateTimeKind.Utc));
    }

    /// <summary>Goes over the blocks that are whole and undamaged, up to the first that is not.</summary>
    /// <param name="length">Bytes of the file to look at.</param>
    /// <param name="each">A block's place and header, with its lane's name.</param>
    /// <returns>Where the first one that is not whole begins; <paramref name="length"/> when all are.</returns>
    public static long Walk(SafeFileHandle handle, long length, Action<long, HistoryBlockHeader> each)
    {
        long at = HeaderSize;
        var bytes = new byte[64 << 10];
        while (at < length)
        {
            var head = RandomAccess.Read(handle, bytes.AsSpan(0, HistoryBlockHeader.Size), at);
            if (!HistoryBlockHeader.TryRead(bytes.AsSpan(0, head), length - at, out var header)) return at;
            if (bytes.Length < header.Total) bytes = new byte[header.Total];
            var block = bytes.AsSpan(0, header.Total);
            if (!TryFill(handle, block, at) || !header.Fits(block, at)) return at;
            each(at, header with { Lane = header.LaneIn(block) });
            at += header.Total;
        }

        return at;
    }

    public static bool TryFill(SafeFileHandle handle, Span<byte> target, long offset)
    {
        while (target.Length > 0)
        {
            var read = RandomAccess.Read(handle, target, offset);
            if (read == 0) return false;
            target = target[read..];
            offset += read;
        }

        return true;
    }
}
