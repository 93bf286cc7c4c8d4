using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Formats.Json;

namespace AnomalyDetect.Formats.Native;

/// <summary>What neighbouring members of an event said of where somebody acts from, and how many bytes they said it in.</summary>
internal struct KnownContext
{
    public int Length;

    /// <summary>One bit a field.</summary>
    public uint Fields;

    /// <summary>The last of them.</summary>
    public NativeField Last;

    public ushort Country;
    public uint Asn;
    public NetworkAddress SourceIp;
    public Symbol? Principal, Session;
    public ulong TokenHash;

    public readonly bool Has(NativeField field) => (Fields & (1u << (int)field)) != 0;

    /// <summary>Where they stand, from the context's first byte on.</summary>
    public JsonString TokenId, DeviceId, UserAgent;
}

/// <summary>
/// Whoever works in a session sends the same session, token, device, address and agent with each event, in the same bytes. What came that way twice is kept and
/// from then on compared as a whole, half of an event in one go, instead of being read. Two contexts that meet in one slot displace each other, which costs the
/// long way and no garbage. Of one thread.
/// </summary>
/// <param name="capacity">Contexts kept; each takes some 650 bytes once there is one to keep.</param>
internal sealed class KnownContexts(int capacity)
{
    /// <summary>Longer ones are read each time.</summary>
    public const int LongestContext = 512;

    private static readonly KnownContext None;

    private Slot[] _slots = [];
    private byte[] _bytes = [];

    private struct Slot
    {
        /// <summary>Of what is kept, and of what was missed last.</summary>
        public ulong Mark, Missed;

        public KnownContext Context;
    }

    /// <summary>Of the context that begins with a value: of its last bytes, in which made-up names differ, and its length.</summary>
    /// <param name="value">With a key before it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MarkOf(ReadOnlySpan<byte> buffer, JsonString value)
    {
        var last = MemoryMarshal.Read<ulong>(buffer[(value.Start + value.Length - sizeof(ulong))..]);
        var first = MemoryMarshal.Read<ulong>(buffer[(value.Start - sizeof(ulong) + Math.Min(value.Length, sizeof(ulong)))..]);
        var mixed = (last ^ BitOperations.RotateLeft(first, 29) ^ (ulong)value.Length) * 0x9E3779B97F4A7C15UL;
        return (mixed ^ (mixed >> 32)) | 1; // 0 marks an empty slot
    }

    /// <summary>
    /// The context whose bytes stand at <paramref name="position"/>, or one without length; then <paramref name="isWanted"/> tells that it came before and is worth keeping.
    /// </summary>
    public ref readonly KnownContext Find(ulong mark, ReadOnlySpan<byte> buffer, int position, int end, out bool isWanted)
    {
        isWanted = false;
        if (_slots.Length == 0) (_slots, _bytes) = (new Slot[capacity], new byte[capacity * LongestContext]);
        var n = SlotOf(mark);
        ref var slot = ref _slots[n];
        ref var context = ref slot.Context;
        if (slot.Mark == mark && context.Length < end - position
            && buffer[position + context.Length] is (byte)',' or (byte)'}' // or its last number might go on
            && buffer.Slice(position, context.Length).SequenceEqual(Kept(n, context.Length))) return ref context;
        isWanted = slot.Missed == mark;
        slot.Missed = mark;
        return ref None;
    }

    public void Keep(ulong mark, ReadOnlySpan<byte> bytes, in KnownContext context)
    {
        var n = SlotOf(mark);
        _slots[n].Mark = mark;
        _slots[n].Context = context;
        bytes.CopyTo(Kept(n, bytes.Length));
    }

    private Span<byte> Kept(int slot, int length) => _bytes.AsSpan(slot * LongestContext, length);

    /// <summary>By a product's highest bits: only they know of its factor's last bytes, which is where names that are made by counting differ.</summary>
    private int SlotOf(ulong mark) => (int)((mark >> 32) * (ulong)_slots.Length >> 32);
}
