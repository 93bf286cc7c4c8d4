using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Multivariate;

namespace AnomalyDetect.Streaming.History;

/// <summary>
/// Rows as columns, compressed (Brotli). Little endian, n rows:
/// <code>
/// i32  names, each: u16 length, UTF-8
/// i32  × n  tenant, its place among the names
/// i32  × n  principal, or -1 for the tenant itself
/// i64  × n  start of the window, ticks (UTC)
/// f32  × n  of each feature, one after the other
/// </code>
/// A column of like numbers takes next to nothing: most features of most windows are 0.
/// </summary>
internal static class HistoryRows
{
    /// <summary>Rows of one block at most.</summary>
    public const int Most = 1 << 16;

    private const int RowBytes = 4 + 4 + 8 + (4 * Features.Count);
    private const int LongestName = ushort.MaxValue;
    private const int Quality = 4; // of 11; from here on bytes cost more time than they are worth
    private const int WindowBits = 22;

    /// <summary>Unpacked bytes of one block at most.</summary>
    public const int MostBytes = 256 << 20;

    public static byte[] Encode(ReadOnlySpan<FeatureRow> rows, out int unpacked)
    {
        var names = new Dictionary<Symbol, int>();
        foreach (ref readonly var row in rows)
        {
            names.TryAdd(row.Tenant, names.Count);
            if (row.Principal is not null) names.TryAdd(row.Principal, names.Count);
        }

        var buffer = new ArrayBufferWriter<byte>((rows.Length * RowBytes) + (names.Count * 24) + 4);
        Write(buffer, names.Count);
        foreach (var name in names.Keys) Write(buffer, name.Text);
        foreach (ref readonly var row in rows) Write(buffer, names[row.Tenant]);
        foreach (ref readonly var row in rows) Write(buffer, row.Principal is null ? -1 : names[row.Principal]);
        foreach (ref readonly var row in rows)
        {
            BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(8), row.Start);
            buffer.Advance(8);
        }

        for (var j = 0; j < Features.Count; j++)
            foreach (ref readonly var row in rows)
            {
                BinaryPrimitives.WriteSingleLittleEndian(buffer.GetSpan(4), row.Values[j]);
                buffer.Advance(4);
            }

        unpacked = buffer.WrittenCount;
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(unpacked)];
        return BrotliEncoder.TryCompress(buffer.WrittenSpan, packed, out var length, Quality, WindowBits)
            ? packed[..length]
            : throw new InvalidOperationException("the rows could not be compressed into the space that is always enough");
    }

    /// <exception cref="InvalidDataException">It is not what <see cref="Encode"/> made.</exception>
    public static FeatureRow[] Decode(ReadOnlySpan<byte> packed, int unpacked, int count, SymbolTable symbols)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(unpacked);
        try
        {
            if (!BrotliDecoder.TryDecompress(packed, bytes.AsSpan(0, unpacked), out var length) || length != unpacked) throw Damaged();
            return Decode(bytes.AsSpan(0, unpacked), count, symbols);
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException)
        {
            throw Damaged();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static FeatureRow[] Decode(ReadOnlySpan<byte> bytes, int count, SymbolTable symbols)
    {
        var names = new Symbol[BinaryPrimitives.ReadInt32LittleEndian(bytes)];
        bytes = bytes[4..];
        for (var i = 0; i < names.Length; i++)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            names[i] = symbols.Intern(bytes.Slice(2, length));
            bytes = bytes[(2 + length)..];
        }

        if (bytes.Length != (long)count * RowBytes) throw Damaged();
        var rows = new FeatureRow[count];
        var tenants = bytes[..(4 * count)];
        var principals = bytes.Slice(4 * count, 4 * count);
        var starts = bytes.Slice(8 * count, 8 * count);
        var values = new FeatureVector[count];
        for (var j = 0; j < Features.Count; j++)
        {
            var column = bytes.Slice((16 + (4 * j)) * count, 4 * count);
            if (BitConverter.IsLittleEndian)
            {
                var floats = MemoryMarshal.Cast<byte, float>(column);
                for (var i = 0; i < count; i++) values[i][j] = floats[i];
            }
            else
            {
                for (var i = 0; i < count; i++) values[i][j] = BinaryPrimitives.ReadSingleLittleEndian(column[(4 * i)..]);
            }
        }

        for (var i = 0; i < count; i++)
        {
            var principal = BinaryPrimitives.ReadInt32LittleEndian(principals[(4 * i)..]);
            rows[i] = new FeatureRow(
                names[BinaryPrimitives.ReadInt32LittleEndian(tenants[(4 * i)..])], principal < 0 ? null : names[principal],
                BinaryPrimitives.ReadInt64LittleEndian(starts[(8 * i)..]), values[i]);
        }

        return rows;
    }

    private static void Write(ArrayBufferWriter<byte> buffer, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(4), value);
        buffer.Advance(4);
    }

    private static void Write(ArrayBufferWriter<byte> buffer, string name)
    {
        var length = Encoding.UTF8.GetByteCount(name);
        if (length > LongestName) throw new ArgumentException($"a name is longer than {LongestName} bytes", nameof(name));
        BinaryPrimitives.WriteUInt16LittleEndian(buffer.GetSpan(2), (ushort)length);
        buffer.Advance(2);
        Encoding.UTF8.GetBytes(name, buffer.GetSpan(length));
        buffer.Advance(length);
    }

    private static InvalidDataException Damaged() => new("a block of the history is not what was written");
}
