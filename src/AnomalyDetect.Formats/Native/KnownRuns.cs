using AnomalyDetect.Core.Events;
using AnomalyDetect.Formats.Json;

namespace AnomalyDetect.Formats.Native;

/// <summary>Which neighbouring members were read, and how many bytes they take.</summary>
internal struct KnownMembers
{
    public int Length;

    /// <summary>One bit a field.</summary>
    public uint Fields;

    /// <summary>The last of them.</summary>
    public NativeField Last;

    public readonly bool Has(NativeField field) => (Fields & (1u << (int)field)) != 0;
}

/// <summary>What they said of where somebody acts from.</summary>
internal struct KnownContext
{
    public ushort Country;
    public uint Asn;
    public NetworkAddress SourceIp;
    public Symbol? Principal, Session;
    public ulong TokenHash;

    /// <summary>Where they stand, from the context's first byte on.</summary>
    public JsonString TokenId, DeviceId, UserAgent;
}

/// <summary>What they said of what happened, and to whom.</summary>
internal struct KnownHead
{
    public Symbol? Tenant;
    public EventType Type;
    public EventOutcome Outcome;
}

/// <summary>
/// Neighbouring members that came before in the same bytes, and what they said: whoever works in a session sends the same session, token, device, address and
/// agent with each event, and what happens to a tenant is of a few kinds. What came twice is kept and from then on compared as a whole, half of an event in one
/// go, instead of being read. Two that meet in one slot displace each other, which costs the long way and no garbage. Of one thread.
/// </summary>
/// <param name="capacity">How many are kept. They take no memory until there is one to look for.</param>
/// <param name="longest">In bytes; longer ones are read each time.</param>
internal sealed class KnownRuns<T>(int capacity, int longest) where T : struct
{
    private static readonly Kept None;

    private Slot[] _slots = [];
    private byte[] _bytes = [];

    public int Longest => longest;

    public struct Kept
    {
        public KnownMembers Members;
        public T Said;
    }

    private struct Slot
    {
        /// <summary>Of what is kept, and of what was missed last.</summary>
        public ulong Mark, Missed;

        public Kept Kept;
    }

    /// <summary>
    /// What is known to stand at <paramref name="position"/>, or something without length; then <paramref name="isWanted"/> tells that it came before and is worth keeping.
    /// </summary>
    public ref readonly Kept Find(ulong mark, ReadOnlySpan<byte> buffer, int position, int end, out bool isWanted)
    {
        isWanted = false;
        if (_slots.Length == 0) (_slots, _bytes) = (new Slot[capacity], new byte[capacity * longest]);
        var n = SlotOf(mark);
        ref var slot = ref _slots[n];
        var length = slot.Kept.Members.Length;
        if (slot.Mark == mark && length < end - position
            && buffer[position + length] is (byte)',' or (byte)'}' // or its last number might go on
            && buffer.Slice(position, length).SequenceEqual(BytesOf(n, length))) return ref slot.Kept;
        isWanted = slot.Missed == mark;
        slot.Missed = mark;
        return ref None;
    }

    public void Keep(ulong mark, ReadOnlySpan<byte> bytes, in KnownMembers members, in T said)
    {
        var n = SlotOf(mark);
        _slots[n].Mark = mark;
        _slots[n].Kept = new Kept { Members = members, Said = said };
        bytes.CopyTo(BytesOf(n, bytes.Length));
    }

    private Span<byte> BytesOf(int slot, int length) => _bytes.AsSpan(slot * longest, length);

    /// <summary>By a product's highest bits: only they know of its factor's last bytes, which is where names that are made by counting differ.</summary>
    private int SlotOf(ulong mark) => (int)((mark >> 32) * (ulong)_slots.Length >> 32);
}
