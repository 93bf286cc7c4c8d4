using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Core.Checkpoints;

/// <summary>Reads what <see cref="StateWriter"/> wrote; anything that does not fit is an <see cref="InvalidDataException"/>.</summary>
internal ref struct StateReader(ReadOnlySpan<byte> state)
{
    private ReadOnlySpan<byte> _rest = state;

    /// <summary>The layout the state was written in; see <see cref="Lanes.Lane.Save"/>.</summary>
    public int Layout { get; init; } = Lanes.Lane.Layout;

    public readonly bool AtEnd => _rest.IsEmpty;

    private ReadOnlySpan<byte> Take(int length)
    {
        if ((uint)length > (uint)_rest.Length) throw new InvalidDataException("the lane checkpoint is cut short or damaged");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    public byte Byte() => Take(1)[0];

    public bool Bool() => Byte() != 0;

    public int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long Long() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public double Double() => BitConverter.Int64BitsToDouble(Long());

    public DateTime Time() => new(Long(), DateTimeKind.Utc);

    /// <summary>A count of things that take at least one byte each, so that a damaged count cannot ask for all memory.</summary>
    public int Count()
    {
        var count = Int();
        if ((uint)count > (uint)_rest.Length) throw new InvalidDataException("the lane checkpoint holds an impossible count");
        return count;
    }

    public string? TextOrNull()
    {
        var length = Int();
        return length == -1 ? null : Encoding.UTF8.GetString(Take(length));
    }

    public string Text() => TextOrNull() ?? throw new InvalidDataException("the lane checkpoint lacks a text it must have");

    public Symbol? SymbolOrNull()
    {
        var text = TextOrNull();
        return text is null ? null : new Symbol(text, (ulong)Long());
    }

    public Symbol Symbol() => SymbolOrNull() ?? throw new InvalidDataException("the lane checkpoint lacks an identifier it must have");

    public void Raw<T>(Span<T> values) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        Take(bytes.Length).CopyTo(bytes);
    }

    public T Raw<T>() where T : unmanaged => MemoryMarshal.Read<T>(Take(Unsafe.SizeOf<T>()));
}
