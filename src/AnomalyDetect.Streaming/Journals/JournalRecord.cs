using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace AnomalyDetect.Streaming.Journals;

/// <summary>What stands in front of a record's bytes once it was read: where its payload lies and what came with it.</summary>
internal readonly record struct JournalRecordHeader(
    int Size, uint GroupOffset, DateTime ObservedAt, JournalFlags Flags, int NameStart, int NameLength, int PayloadStart, int PayloadLength);

[Flags]
internal enum JournalFlags : byte
{
    None = 0,

    /// <summary>The source is believed when it says <c>internal</c>.</summary>
    TrustInternal = 1,

    /// <summary>No payload: only ObservedAt moves on.</summary>
    Heartbeat = 2,
}

/// <summary>
/// The layout of one record, version 1, little endian. A record's offset is its logical position: the number of record bytes ever written before it.
/// <code>
///  0  u32  CRC-32C of the position (i64) followed by every byte from 4 on
///  4  u32  length: format name + payload
///  8  u32  distance in bytes from the start of the group this record was written and synced with
/// 12  i64  ObservedAt, UTC ticks; never below the record before
/// 20  u8   flags: 1 trust internal, 2 heartbeat
/// 21  u8   length of the format name
/// 22       format name (ASCII), then payload
/// </code>
/// The CRC covers the position, so bytes of a payload, or of a record that stood elsewhere, never pass for a record. The group distance tells a torn tail
/// (nothing after it was acknowledged) from damage (something was).
/// </summary>
internal static class JournalRecord
{
    public const int HeaderSize = 22;
    public const int MaxLength = (64 << 20) + 255;

    public static int SizeOf(string format, int payloadLength) => HeaderSize + format.Length + payloadLength;

    public static void Write(Span<byte> target, long position, uint groupOffset, DateTime observedAt, JournalFlags flags, string format, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], (uint)(format.Length + payload.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], groupOffset);
        BinaryPrimitives.WriteInt64LittleEndian(target[12..], observedAt.Ticks);
        target[20] = (byte)flags;
        target[21] = (byte)format.Length;
        Encoding.ASCII.GetBytes(format, target[HeaderSize..]);
        payload.CopyTo(target[(HeaderSize + format.Length)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(target, Crc(position, target[4..]));
    }

    /// <summary>Bytes the record at the start of <paramref name="source"/> says it takes; 0 when even that cannot be read, -1 when no record can be so.</summary>
    public static int PeekSize(ReadOnlySpan<byte> source)
    {
        if (source.Length < HeaderSize) return 0;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
        return length > MaxLength || source[21] > length ? -1 : HeaderSize + (int)length;
    }

    /// <summary>False unless a whole, undamaged record of this position starts here.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, long position, out JournalRecordHeader header)
    {
        header = default;
        var size = PeekSize(source);
        if (size <= 0 || size > source.Length) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(source) != Crc(position, source[4..size])) return false;
        var ticks = BinaryPrimitives.ReadInt64LittleEndian(source[12..]);
        if ((ulong)ticks > (ulong)DateTime.MaxValue.Ticks) return false;
        int name = source[21];
        header = new JournalRecordHeader(
            size, BinaryPrimitives.ReadUInt32LittleEndian(source[8..]), new DateTime(ticks, DateTimeKind.Utc), (JournalFlags)source[20],
            HeaderSize, name, HeaderSize + name, size - HeaderSize - name);
        return true;
    }

    /// <summary>CRC-32C (Castagnoli), by the processor's instruction where it has one.</summary>
    public static uint Crc(long position, ReadOnlySpan<byte> bytes)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, (ulong)position);
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        foreach (var b in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
