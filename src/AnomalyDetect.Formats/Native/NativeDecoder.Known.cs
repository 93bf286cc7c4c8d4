using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Formats.Json;

namespace AnomalyDetect.Formats.Native;

internal sealed partial class NativeDecoder
{
    private const int SymbolsPerRun = 32;
    private readonly KnownRuns<KnownContext> _contexts = new(Math.Max(1, symbols.Capacity / SymbolsPerRun), longest: 512);
    private readonly KnownRuns<KnownHead> _heads = new(Math.Max(1, symbols.Capacity / SymbolsPerRun), longest: 128);

    /// <summary>Neighbouring members that came before and are being read one by one, to be kept.</summary>
    private struct RunBeingRead
    {
        public ulong Mark;

        /// <summary>The value whose mark was looked for in vain, at the context's beginning before it.</summary>
        public int Tried;

        /// <summary>One bit a field that belongs to it.</summary>
        public uint Of;

        public int Start;
        public KnownMembers Members;

        public readonly bool IsOpen => Mark != 0;

        public void Open(ulong mark, int start, uint of) => (Mark, Start, Of, Members) = (mark, start, of, default);

        /// <summary>One more member was read, up to <paramref name="end"/>.</summary>
        public void Read(uint bit, NativeField field, int end) => Members = new KnownMembers { Length = end - Start, Fields = Members.Fields | bit, Last = field };
    }

    /// <summary>Fills in what happened and to whom, if what begins with the key of <paramref name="tenant"/> at <paramref name="position"/> is known as a whole.</summary>
    private bool TryRepeatHead(int position, JsonString tenant, int end, uint seen, ref RunBeingRead reading, ref TelemetryEvent e, out KnownMembers members)
    {
        members = default;
        var mark = MarkOfHead(Buffer, tenant, end);
        if (mark == 0) return false;
        ref readonly var known = ref _heads.Find(mark, Buffer, position, end, out var isWanted);
        if (isWanted) reading.Open(mark, position, NativeFields.Heads);
        members = known.Members;
        if (members.Length == 0 || (members.Fields & seen) != 0) return false;
        e.Tenant = known.Said.Tenant!;
        if (members.Has(NativeField.Type)) (e.Type, _hasType) = (known.Said.Type, true);
        if (members.Has(NativeField.Outcome)) (e.Outcome, _hasOutcome) = (known.Said.Outcome, true);
        return true;
    }

    /// <summary>Of a tenant's last bytes, and of so many behind it that they tell of type and outcome; 0 where there are too few.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MarkOfHead(ReadOnlySpan<byte> buffer, JsonString tenant, int end)
    {
        const int Behind = 6;
        var behind = tenant.Start + tenant.Length;
        if (behind + (Behind * sizeof(ulong)) > end) return 0;
        var words = MemoryMarshal.Cast<byte, ulong>(buffer.Slice(behind - sizeof(ulong), (1 + Behind) * sizeof(ulong)));
        var a = words[0] + (ulong)tenant.Length + BitOperations.RotateLeft(words[3], 11) + BitOperations.RotateLeft(words[6], 37);
        var b = words[2] ^ BitOperations.RotateLeft(words[4], 29) ^ BitOperations.RotateLeft(words[5], 47); // the second is the end of a key
        return (Math.BigMul(a * 0x9E3779B97F4A7C15UL, b ^ 0xD6E8FEB86659FD93UL, out var low) ^ low) | 1; // 0 marks an empty slot
    }

    /// <summary>Of the context that begins with a value: of its last bytes, in which made-up names differ, and its length.</summary>
    /// <param name="value">With a key before it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MarkOfContext(ReadOnlySpan<byte> buffer, JsonString value)
    {
        var last = MemoryMarshal.Read<ulong>(buffer[(value.Start + value.Length - sizeof(ulong))..]);
        var first = MemoryMarshal.Read<ulong>(buffer[(value.Start - sizeof(ulong) + Math.Min(value.Length, sizeof(ulong)))..]);
        var mixed = (last ^ BitOperations.RotateLeft(first, 29) ^ (ulong)value.Length) * 0x9E3779B97F4A7C15UL;
        return (mixed ^ (mixed >> 32)) | 1;
    }

    /// <summary>Fills in the context that begins with a key at <paramref name="position"/> and <paramref name="first"/> as its value, if it is known as a whole.</summary>
    /// <param name="seen">Fields the event has already: none may come twice.</param>
    /// <param name="reading">Set where the context is to be kept once it is read.</param>
    private bool TryRepeatContext(
        int position, NativeField field, JsonString first, int end, uint seen, ref RunBeingRead reading, ref TelemetryEvent e, out KnownMembers members)
    {
        members = default;
        if (reading.Tried == first.Start) return false;
        if (field == NativeField.PrincipalId)
        {
            first = NextText(field, first, end);
            if (first.IsEmpty) return false;
            reading.Tried = first.Start;
        }

        var mark = MarkOfContext(Buffer, first);
        ref readonly var kept = ref _contexts.Find(mark, Buffer, position, end, out var isWanted);
        if (isWanted) reading.Open(mark, position, NativeFields.Contexts);
        members = kept.Members;
        if (members.Length == 0 || (members.Fields & seen) != 0) return false;
        ref readonly var known = ref kept.Said;
        if (known.Principal is { } principal) e.Principal = principal;
        if (known.Session is { } session) e.Session = session;
        if (!known.TokenId.IsEmpty) e.SetTokenId(At(known.TokenId, position), known.TokenHash);
        if (!known.DeviceId.IsEmpty) e.DeviceId = At(known.DeviceId, position);
        if (!known.UserAgent.IsEmpty) e.UserAgent = At(known.UserAgent, position);
        if (!known.SourceIp.IsNone) e.SourceIp = known.SourceIp;
        if (known.Country != 0) e.Country = known.Country;
        if (known.Asn != 0) e.Asn = known.Asn;
        return true;
    }

    /// <summary>The value behind a text, where it is what tells contexts apart; empty where it is not, or in doubt.</summary>
    private JsonString NextText(NativeField field, JsonString text, int end)
    {
        var buffer = Buffer.AsSpan();
        var position = text.Start + text.Length + 2; // behind its quote and a comma
        if (position + KeyPattern.BytesRead >= end) return default;
        if (buffer[position] == ' ') position++;
        var next = _follows[(int)field];
        ref var key = ref _keys[(int)next];
        if (!key.StandsAt(buffer, position))
        {
            next = _followed[(int)field];
            key = ref _keys[(int)next];
            if (!key.StandsAt(buffer, position)) return default;
        }

        if ((NativeFields.MarkContexts & (1u << (int)next)) == 0) return default;
        var first = position + key.Length;
        var last = JsonString.EndOfAscii(buffer, first, end);
        return (uint)last < (uint)end && buffer[last] == '"' && last - first <= Limits.StringBytes ? new JsonString(first, last - first, Escaped: false) : default;
    }

    private TextSlice At(JsonString text, int position) => new(Buffer, position + text.Start, text.Length);

    /// <summary>What was read is kept to be repeated, unless something was wrong with the event.</summary>
    private void Keep(ref RunBeingRead read, in TelemetryEvent e)
    {
        var mark = read.Mark;
        read.Mark = 0;
        if (IsRejected) return;
        var members = read.Members;
        var bytes = Buffer.AsSpan(read.Start, members.Length);
        if (read.Of == NativeFields.Heads)
        {
            if (bytes.Length <= _heads.Longest)
                _heads.Keep(mark, bytes, members, new KnownHead { Tenant = e.Tenant, Type = e.Type, Outcome = e.Outcome });
            return;
        }

        if (bytes.Length > _contexts.Longest) return;
        var context = new KnownContext();
        if (members.Has(NativeField.PrincipalId)) context.Principal = e.Principal;
        if (members.Has(NativeField.SessionId)) context.Session = e.Session;
        if (members.Has(NativeField.TokenId)) (context.TokenId, context.TokenHash) = (Within(read.Start, e.TokenId), e.TokenHash);
        if (members.Has(NativeField.DeviceId)) context.DeviceId = Within(read.Start, e.DeviceId);
        if (members.Has(NativeField.UserAgent)) context.UserAgent = Within(read.Start, e.UserAgent);
        if (members.Has(NativeField.SourceIp)) context.SourceIp = e.SourceIp;
        if (members.Has(NativeField.Country)) context.Country = e.Country;
        if (members.Has(NativeField.Asn)) context.Asn = e.Asn;
        _contexts.Keep(mark, bytes, members, context);
    }

    /// <summary>Where a text of the buffer stands behind <paramref name="start"/>.</summary>
    private JsonString Within(int start, TextSlice text)
    {
        Buffer.AsSpan().Overlaps(text.Utf8, out var offset);
        return new JsonString(offset - start, text.Length, Escaped: false);
    }
}
