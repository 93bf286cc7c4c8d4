using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace AnomalyDetect.Formats.Json;

/// <summary>A string of a JSON text: where its raw bytes stand, without the quotes. The cursor has checked it.</summary>
internal readonly record struct JsonString(int Start, int Length, bool Escaped)
{
    public bool IsEmpty => Length == 0;

    /// <summary>
    /// The first quote, backslash or control character from <paramref name="i"/> on, which may lie beyond <paramref name="end"/>; -1 when vectors do not reach it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int EndOfPlain(ReadOnlySpan<byte> buffer, int i, int end) => End(buffer, i, end, asciiOnly: false);

    /// <summary>
    /// As <see cref="EndOfPlain"/>, but a byte beyond ASCII ends it too. So what lies before is valid UTF-8 without having been checked.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int EndOfAscii(ReadOnlySpan<byte> buffer, int i, int end) => End(buffer, i, end, asciiOnly: true);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int End(ReadOnlySpan<byte> buffer, int i, int end, bool asciiOnly)
    {
        ref var origin = ref MemoryMarshal.GetReference(buffer);
        for (var last = buffer.Length - Vector256<byte>.Count; i <= last && i < end; i += Vector256<byte>.Count)
        {
            var bytes = Vector256.LoadUnsafe(ref origin, (nuint)i);
            // As signed numbers, what is beyond ASCII lies below the control characters.
            var others = asciiOnly
                ? Vector256.LessThan(bytes.AsSByte(), Vector256.Create((sbyte)0x20)).AsByte()
                : Vector256.Equals(Vector256.Min(bytes, Vector256.Create((byte)0x1f)), bytes);
            var hits = Vector256.Equals(bytes, Vector256.Create((byte)'"')) | Vector256.Equals(bytes, Vector256.Create((byte)'\\')) | others;
            var mask = hits.ExtractMostSignificantBits();
            if (mask != 0) return i + BitOperations.TrailingZeroCount(mask);
        }

        return -1;
    }

    /// <summary>Writes the text without escapes; it is never longer than <paramref name="raw"/>.</summary>
    /// <param name="raw">A string's bytes as a <see cref="JsonCursor"/> has accepted them.</param>
    /// <param name="destination">At least as long as <paramref name="raw"/>.</param>
    /// <returns>Bytes written.</returns>
    public static int Unescape(ReadOnlySpan<byte> raw, Span<byte> destination)
    {
        var written = 0;
        while (true)
        {
            var plain = raw.IndexOf((byte)'\\');
            if (plain < 0)
            {
                raw.CopyTo(destination[written..]);
                return written + raw.Length;
            }

            raw[..plain].CopyTo(destination[written..]);
            written += plain;
            if (raw[plain + 1] == 'u')
            {
                var rune = ReadRune(raw[(plain + 2)..], out var used);
                written += rune.EncodeToUtf8(destination[written..]);
                raw = raw[(plain + 2 + used)..];
            }
            else
            {
                destination[written++] = Simple(raw[plain + 1]);
                raw = raw[(plain + 2)..];
            }
        }
    }

    private static Rune ReadRune(ReadOnlySpan<byte> hex, out int used)
    {
        var first = (char)Hex4(hex);
        used = 4;
        if (!char.IsHighSurrogate(first)) return new Rune(first);
        used = 10;
        return new Rune(first, (char)Hex4(hex[6..]));
    }

    /// <summary>Four hex digits, or -1.</summary>
    internal static int Hex4(ReadOnlySpan<byte> text)
    {
        if (text.Length < 4) return -1;
        var value = 0;
        foreach (var digit in text[..4])
        {
            var nibble = digit switch
            {
                >= (byte)'0' and <= (byte)'9' => digit - '0',
                >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
                _ => -1,
            };
            if (nibble < 0) return -1;
            value = (value << 4) | nibble;
        }

        return value;
    }

    private static byte Simple(byte escape) => escape switch
    {
        (byte)'b' => 8,
        (byte)'f' => 12,
        (byte)'n' => 10,
        (byte)'r' => 13,
        (byte)'t' => 9,
        _ => escape,
    };
}
