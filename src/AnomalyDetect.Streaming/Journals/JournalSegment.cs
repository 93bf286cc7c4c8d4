using System.Buffers.Binary;
using System.Globalization;

namespace AnomalyDetect.Streaming.Journals;

/// <summary>
/// One file of the journal, named by the position of its first record: <c>00000000000000001024.journal</c>. Header, version 1, little endian: 8 bytes magic
/// <c>ADJOURN1</c> · i64 position of the first record · i64 ObservedAt (UTC ticks) of the last record before it · u32 zero · u32 CRC-32C of the bytes before.
/// </summary>
/// <param name="Base">The position of its first record.</param>
/// <param name="ObservedBefore">ObservedAt of the last record before it: nothing in earlier segments is newer.</param>
internal sealed record JournalSegment(string Path, long Base, DateTime ObservedBefore)
{
    public const int HeaderSize = 32;
    private const string Extension = ".journal";

    private static ReadOnlySpan<byte> Magic => "ADJOURN1"u8;

    public string Name => System.IO.Path.GetFileName(Path);

    public static string PathOf(string directory, long position) =>
        System.IO.Path.Combine(directory, position.ToString("D20", CultureInfo.InvariantCulture) + Extension);

    public static byte[] Header(long position, DateTime observedBefore)
    {
        var header = new byte[HeaderSize];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), position);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), observedBefore.Ticks);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(28), JournalRecord.Crc(position, header.AsSpan(0, 28)));
        return header;
    }

    /// <summary>The segments of a directory in order. A last one whose header never reached the disk is removed: nothing in it was acknowledged.</summary>
    /// <exception cref="JournalCorruptException">A header is damaged, or records are missing between two segments.</exception>
    public static List<JournalSegment> List(string directory)
    {
        var segments = new List<JournalSegment>();
        var paths = Directory.GetFiles(directory, "*" + Extension).Order(StringComparer.Ordinal).ToArray();
        for (var i = 0; i < paths.Length; i++)
        {
            var read = Open(paths[i]);
            if (read is null && i == paths.Length - 1 && new FileInfo(paths[i]).Length <= HeaderSize)
            {
                File.Delete(paths[i]);
                break;
            }

            var segment = read ?? throw new JournalCorruptException(System.IO.Path.GetFileName(paths[i]), 0, "its header cannot be read");
            if (segments.Count > 0 && segments[^1] is var before && before.End != segment.Base)
                throw new JournalCorruptException(before.Name, before.End, $"the next segment starts at {segment.Base}");
            segments.Add(segment);
        }

        return segments;
    }

    /// <summary>The position behind its file's last byte.</summary>
    public long End => Base + new FileInfo(Path).Length - HeaderSize;

    /// <summary>Null when its header is not there or not what was written.</summary>
    public static JournalSegment? Open(string path)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (RandomAccess.Read(handle, header, 0) < HeaderSize || !header.StartsWith(Magic)) return null;
        var position = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[28..]) != JournalRecord.Crc(position, header[..28])) return null;
        if (PathOf(System.IO.Path.GetDirectoryName(path)!, position) != path) return null;
        return new JournalSegment(path, position, new DateTime(BinaryPrimitives.ReadInt64LittleEndian(header[16..]), DateTimeKind.Utc));
    }
}
