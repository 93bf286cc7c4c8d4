using AnomalyDetect.Core.Events;
using AnomalyDetect.Formats.Json;

namespace AnomalyDetect.Formats.Native;

internal sealed partial class NativeDecoder
{
    private const int SymbolsPerContext = 32;
    private readonly KnownContexts _contexts = new(Math.Max(1, symbols.Capacity / SymbolsPerContext));

    /// <summary>One that came before and is being read member by member, to be kept.</summary>
    private struct ContextBeingRead
    {
        public ulong Mark;

        /// <summary>The value whose mark was looked for in vain, at the context's beginning before it.</summary>
        public int Tried;

        public int Start, End;
        public uint Fields;
        public NativeField Last;
        private bool _ended;

        public readonly bool IsOpen => Mark != 0;

        /// <summary>One more member was read, up to <paramref name="end"/>; the first that says nothing of a context ends this one.</summary>
        public void Read(uint bit, NativeField field, int end)
        {
            if (_ended || (NativeFields.Contexts & bit) == 0) _ended = true;
            else (Fields, Last, End) = (Fields | bit, field, end);
        }
    }

    /// <summary>Fills in the context that begins with a key at <paramref name="position"/> and <paramref name="first"/> as its value, if it is known as a whole.</summary>
    /// <param name="seen">Fields the event has already: none may come twice.</param>
    /// <param name="reading">Set where the context is to be kept once it is read.</param>
    /// <returns>What was filled in; null if nothing was.</returns>
    private (int Length, uint Fields, NativeField Last)? TryRepeat(
        int position, NativeField field, JsonString first, int end, uint seen, ref ContextBeingRead reading, ref TelemetryEvent e)
    {
        if (reading.Tried == first.Start) return null;
        if (field == NativeField.PrincipalId)
        {
            first = NextText(field, first, end);
            if (first.IsEmpty) return null;
            reading.Tried = first.Start;
        }

        var mark = KnownContexts.MarkOf(Buffer, first);
        ref readonly var known = ref _contexts.Find(mark, Buffer, position, end, out var isWanted);
        if (isWanted) (reading.Mark, reading.Start) = (mark, position);
        if (known.Length == 0 || (known.Fields & seen) != 0) return null;
        if (known.Principal is { } principal) e.Principal = principal;
        if (known.Session is { } session) e.Session = session;
        if (!known.TokenId.IsEmpty) e.SetTokenId(At(known.TokenId, position), known.TokenHash);
        if (!known.DeviceId.IsEmpty) e.DeviceId = At(known.DeviceId, position);
        if (!known.UserAgent.IsEmpty) e.UserAgent = At(known.UserAgent, position);
        if (!known.SourceIp.IsNone) e.SourceIp = known.SourceIp;
        if (known.Country != 0) e.Country = known.Country;
        if (known.Asn != 0) e.Asn = known.Asn;
        return (known.Length, known.Fields, known.Last);
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
    private void Keep(in ContextBeingRead read, in TelemetryEvent e)
    {
        var length = read.End - read.Start;
        if (IsRejected || length > KnownContexts.LongestContext) return;
        var context = new KnownContext { Length = length, Fields = read.Fields, Last = read.Last };
        if (context.Has(NativeField.PrincipalId)) context.Principal = e.Principal;
        if (context.Has(NativeField.SessionId)) context.Session = e.Session;
        if (context.Has(NativeField.TokenId)) (context.TokenId, context.TokenHash) = (Within(read.Start, e.TokenId), e.TokenHash);
        if (context.Has(NativeField.DeviceId)) context.DeviceId = Within(read.Start, e.DeviceId);
        if (context.Has(NativeField.UserAgent)) context.UserAgent = Within(read.Start, e.UserAgent);
        if (context.Has(NativeField.SourceIp)) context.SourceIp = e.SourceIp;
        if (context.Has(NativeField.Country)) context.Country = e.Country;
        if (context.Has(NativeField.Asn)) context.Asn = e.Asn;
        _contexts.Keep(read.Mark, Buffer.AsSpan(read.Start, length), context);
    }

    /// <summary>Where a text of the buffer stands behind <paramref name="start"/>.</summary>
    private JsonString Within(int start, TextSlice text)
    {
        Buffer.AsSpan().Overlaps(text.Utf8, out var offset);
        return new JsonString(offset - start, text.Length, Escaped: false);
    }
}
