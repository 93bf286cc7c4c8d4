using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Core.Checkpoints;

/// <summary>Writes lane state: little-endian, length-prefixed, no gaps. The layout's history stands at <see cref="Lanes.Lane.Save"/>.</summary>
internal sealed class StateWriter
{
    private readonly ArrayBufferWriter<byte> _out = new(1 << 16);

    public byte[] ToArray() => _out.WrittenSpan.ToArray();

    public ReadOnlySpan<byte> Written => _out.WrittenSpan;

    public void Byte(byte value)
    {
        _out.GetSpan(1)[0] = value;
        _out.Advance(1);
    }

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Int(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_out.GetSpan(4), value);
        _out.Advance(4);
    }

    public void Long(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_out.GetSpan(8), value);
        _out.Advance(8);
    }

    public void Double(double value) => Long(BitConverter.DoubleToInt64Bits(value));

    public void Text(string? value)
    {
        if (value is null)
        {
            Int(-1);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(value);
        Int(length);
        Encoding.UTF8.GetBytes(value, _out.GetSpan(length));
        _out.Advance(length);
    }

    public void Symbol(Symbol? value)
    {
        Text(value?.Text);
        if (value is not null) Long((long)value.Hash);
    }

    /// <summary>The memory of plain values as it is; the writing and the reading machine are both little-endian.</summary>
    public void Raw<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        bytes.CopyTo(_out.GetSpan(bytes.Length));
        _out.Advance(bytes.Length);
    }

    public void Raw<T>(in T value) where T : unmanaged => Raw(new ReadOnlySpan<T>(in value));
}
