using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Formats.Json;

namespace AnomalyDetect.Formats.Native;

internal sealed partial class NativeDecoder
{
    /// <summary>The bit of <see cref="NativeField.Unknown"/>: where it is expected, nothing is.</summary>
    private const uint NoField = 1u << (int)NativeField.Unknown;

    /// <summary>As the producer of the last event wrote them.</summary>
    private KeyPattern[] _keys = KeyPattern.Compact;

    /// <summary>
    /// Reads members for as long as each is what was expected: one of the two keys that followed lately, and a plain string or whole number, or a whole context
    /// that came before. Everything it can be in doubt about it leaves, untouched, to the general path, so it needs no errors. It is one method with its state in
    /// locals, which makes it three times as fast.
    /// </summary>
    /// <param name="position">At a key, or at white space before one.</param>
    /// <param name="behindValue">What is returned stands behind a value; otherwise before a member not read.</param>
    private int ReadExpected(int position, int end, ref NativeField previous, ref TelemetryEvent e, out bool behindValue)
    {
        var buffer = Buffer.AsSpan();
        var longest = Limits.StringBytes;
        var keys = _keys;
        var seen = _seen | NoField;
        var reading = default(RunBeingRead);
        behindValue = false;
        while (true)
        {
            if (position + KeyPattern.BytesRead >= buffer.Length) break;
            if (buffer[position] == ' ') position++;
            var field = _follows[(int)previous];
            ref var key = ref keys[(int)field];
            if (!key.StandsAt(buffer, position))
            {
                field = _followed[(int)previous];
                key = ref keys[(int)field];
                if (!key.StandsAt(buffer, position)) break;
                Remember(previous, field);
            }

            var bit = 1u << (int)field;
            if ((seen & bit) != 0) break;
            if (reading.IsOpen && (reading.Of & bit) == 0) Keep(ref reading, e);
            var first = position + key.Length;
            int i;
            if (key.IsText)
            {
                i = JsonString.EndOfAscii(buffer, first, end);
                if ((uint)i < (uint)end && buffer[i] > 0x7f && IsUtf8) i = JsonString.EndOfPlain(buffer, i, end);
                if ((uint)i >= (uint)end || buffer[i] != '"' || i == first || i - first > longest) break;
                var text = new JsonString(first, i - first, Escaped: false);
                i++;
                if ((NativeFields.BeginRuns & bit) != 0 && !reading.IsOpen
                    && (field == NativeField.TenantId
                        ? TryRepeatHead(position, text, end, seen, ref reading, ref e, out var known)
                        : TryRepeatContext(position, field, text, end, seen, ref reading, ref e, out known)))
                    (i, bit, field) = (position + known.Length, known.Fields, known.Last);
                else
                    Set(field, text, ref e);
            }
            else
            {
                i = EndOfDigits(buffer, first, end, out var number);
                if (i < 0 || field == NativeField.Internal || !TrySetNumber(field, number, ref e)) break;
            }

            if (reading.IsOpen) reading.Read(bit, field, i);
            seen |= bit;
            previous = field;
            behindValue = i >= end || buffer[i] != ',';
            position = behindValue ? i : i + 1;
            if (behindValue) break;
        }

        _seen = seen;
        if (reading.IsOpen) Keep(ref reading, e);
        return position;
    }

    /// <summary>Behind a short number without sign, fraction or leading zero, with the member's end right behind it; otherwise -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int EndOfDigits(ReadOnlySpan<byte> buffer, int i, int end, out long number)
    {
        number = 0;
        if (i + sizeof(ulong) > buffer.Length) return -1;
        // Eight bytes at once (D. Lemire, "Quickly parsing eight digits"): what is no digit leaves a bit in its byte, and the digits before it are moved to the end.
        var bytes = BinaryPrimitives.ReadUInt64LittleEndian(buffer[i..]);
        var others = ((bytes & 0xf0f0f0f0f0f0f0f0) ^ 0x3030303030303030) | (((bytes + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) ^ 0x3030303030303030);
        var digits = BitOperations.TrailingZeroCount(others) / 8;
        if (digits == 0 || i + digits >= end || (buffer[i] == '0' && digits > 1) || buffer[i + digits] is not ((byte)',' or (byte)'}')) return -1;
        bytes = (bytes << (64 - (8 * digits))) & 0x0f0f0f0f0f0f0f0f;
        bytes = (bytes * ((10 << 8) + 1)) >> 8;
        bytes = ((bytes & 0x00ff00ff00ff00ff) * ((100 << 16) + 1)) >> 16;
        number = (long)(((bytes & 0x0000ffff0000ffff) * ((10_000UL << 32) + 1)) >> 32);
        return i + digits;
    }
}
