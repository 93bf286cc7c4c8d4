using System.Buffers.Binary;
using System.Text;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Streaming.Journals;

namespace AnomalyDetect.Streaming.History;

/// <summary>
/// What stands in front of a block's rows, version 1, little endian:
/// <code>
///  0  u32  CRC-32C of the block's place in its file (i64) followed by every byte from 4 on
///  4  u32  length of the packed rows
///  8  u32  length of the rows unpacked
/// 12  u32  number of rows
/// 16  i64  epoch: the store whose lanes' positions these are
/// 24  i64  the lane's position before the block
/// 32  i64  the first position not in it
/// 40  i64  start of the oldest window, ticks (UTC)
/// 48  i64  of the newest
/// 56  u16  length of the windows in minutes
/// 58  u16  part: blocks too large for one are cut into parts 0, 1, …
/// 60  u16  length of the lane's name
/// 62  u16  zero
/// 64       the lane's name (UTF-8), then <see cref="HistoryRows"/>
/// </code>
/// </summary>
/// <param name="Body">Where the packed rows begin, from the block's first byte.</param>
internal readonly record struct HistoryBlockHeader(
    int Packed, int Unpacked, int Rows, long Epoch, long From, long To, long Oldest, long Newest, int WindowMinutes, int Part, string Lane, int Body)
{
    public const int Size = 64;

    public int Total => Body + Packed;

    public static byte[] Write(HistoryBlock block, ReadOnlySpan<FeatureRow> rows, int part, long epoch, long position)
    {
        var packed = HistoryRows.Encode(rows, out var unpacked);
        var name = Encoding.UTF8.GetBytes(block.Lane);
        var (oldest, newest) = (long.MaxValue, long.MinValue);
        foreach (ref readonly var row in rows) (oldest, newest) = (Math.Min(oldest, row.Start), Math.Max(newest, row.Start));
        var bytes = new byte[Size + name.Length + packed.Length];
        var target = bytes.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], (uint)packed.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], (uint)unpacked);
        BinaryPrimitives.WriteUInt32LittleEndian(target[12..], (uint)rows.Length);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], epoch);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], block.From);
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], block.To);
        BinaryPrimitives.WriteInt64LittleEndian(target[40..], oldest);
        BinaryPrimitives.WriteInt64LittleEndian(target[48..], newest);
        BinaryPrimitives.WriteUInt16LittleEndian(target[56..], (ushort)block.WindowMinutes);
        BinaryPrimitives.WriteUInt16LittleEndian(target[58..], (ushort)part);
        BinaryPrimitives.WriteUInt16LittleEndian(target[60..], (ushort)name.Length);
        name.CopyTo(target[Size..]);
        packed.CopyTo(target[(Size + name.Length)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(target, JournalRecord.Crc(position, target[4..]));
        return bytes;
    }

    /// <summary>False unless a whole header with room for its block stands at the beginning of <paramref name="head"/>; the block's bytes are not looked at.</summary>
    /// <param name="head">The first <see cref="Size"/> bytes of it.</param>
    /// <param name="left">Bytes of the file from here on.</param>
    public static bool TryRead(ReadOnlySpan<byte> head, long left, out HistoryBlockHeader header)
    {
        header = default;
        if (head.Length < Size) return false;
        var (packed, unpacked, rows) = (BinaryPrimitives.ReadUInt32LittleEndian(head[4..]), BinaryPrimitives.ReadUInt32LittleEndian(head[8..]), BinaryPrimitives.ReadUInt32LittleEndian(head[12..]));
        var name = BinaryPrimitives.ReadUInt16LittleEndian(head[60..]);
        if (packed > HistoryRows.MostBytes || unpacked > HistoryRows.MostBytes || rows is 0 or > HistoryRows.Most || Size + name + (long)packed > left) return false;
        header = new HistoryBlockHeader(
            (int)packed, (int)unpacked, (int)rows, BinaryPrimitives.ReadInt64LittleEndian(head[16..]), BinaryPrimitives.ReadInt64LittleEndian(head[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[32..]), BinaryPrimitives.ReadInt64LittleEndian(head[40..]), BinaryPrimitives.ReadInt64LittleEndian(head[48..]),
            BinaryPrimitives.ReadUInt16LittleEndian(head[56..]), BinaryPrimitives.ReadUInt16LittleEndian(head[58..]), "", Size + name);
        return true;
    }

    /// <param name="block">All of it.</param>
    public bool Fits(ReadOnlySpan<byte> block, long position) => BinaryPrimitives.ReadUInt32LittleEndian(block) == JournalRecord.Crc(position, block[4..]);

    public string LaneIn(ReadOnlySpan<byte> block) => Encoding.UTF8.GetString(block[Size..Body]);
}
