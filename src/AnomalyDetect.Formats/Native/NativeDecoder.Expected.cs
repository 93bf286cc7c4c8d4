using System.Runtime.CompilerServices;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Formats.Json;

namespace AnomalyDetect.Formats.Native;

internal sealed partial class NativeDecoder
{
    private const int MostDigits = 9;

    /// <summary>
    /// Reads members for as long as each is what was expected: one of the two keys that followed lately, and a plain string or whole number. Everything it can be in
    /// doubt about it leaves, untouched, to the general path, so it needs no errors. It is one method with its state in locals, which makes it three times as fast.
    /// </summary>
    /// <param name="position">At a key.</param>
    /// <param name="behindValue">What is returned stands behind a value; otherwise at the key of a member not read.</param>
    private int ReadExpected(int position, int end, ref NativeField previous, ref TelemetryEvent e, out bool behindValue)
    {
        var buffer = Buffer.AsSpan();
        var longest = Limits.StringBytes;
        behindValue = false;
        while (true)
        {
            var field = _follows[(int)previous];
            if (!NativeFields.StandsAt(buffer, position, end, field))
            {
                field = _followed[(int)previous];
                if (!NativeFields.StandsAt(buffer, position, end, field)) return position;
                Remember(previous, field);
            }

            var bit = 1u << (int)field;
            if ((_seen & bit) != 0) return position;
            var i = position + NativeFields.Keys[(int)field].Length;
            if (i < end && buffer[i] == '"')
            {
                var first = i + 1;
                i = JsonString.EndOfPlain(buffer, first, end);
                if (i < 0 || i >= end || buffer[i] != '"' || i == first || i - first > longest || !NativeFields.IsText(field)) return position;
                Set(field, new JsonString(first, i - first, Escaped: false), ref e);
                i++;
            }
            else
            {
                i = EndOfDigits(buffer, i, end, out var number);
                if (i < 0 || NativeFields.IsText(field) || field == NativeField.Internal || !TrySetNumber(field, number, ref e)) return position;
            }

            _seen |= bit;
            previous = field;
            var next = i + 1;
            if (next + 1 < end && buffer[i] == ',' && buffer[next] == ' ') next++;
            if (next >= end || buffer[i] != ',' || buffer[next] != '"')
            {
                behindValue = true;
                return i;
            }

            position = next;
        }
    }

    /// <summary>Behind a short number without sign, fraction or leading zero, with the member's end right behind it; otherwise -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int EndOfDigits(ReadOnlySpan<byte> buffer, int i, int end, out long number)
    {
        number = 0;
        var first = i;
        for (; i < end && buffer[i] - (uint)'0' <= 9; i++) number = (number * 10) + (buffer[i] - '0');
        var digits = i - first;
        if (digits is 0 or > MostDigits || (buffer[first] == '0' && digits > 1)) return -1;
        return i < end && buffer[i] is (byte)',' or (byte)'}' ? i : -1;
    }
}
