using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace AnomalyDetect.Formats.Native;

/// <summary>
/// A key as a producer writes it up to its value: <c>"status":</c>, and of a text with the quote that opens it, <c>"method":"</c>. Compared with 32 bytes at once.
/// </summary>
internal readonly struct KeyPattern
{
    public static int BytesRead => Vector256<byte>.Count;

    private readonly Vector256<byte> _bytes;
    private readonly uint _own; // one bit a byte

    public readonly int Length;

    public readonly bool IsText;

    private KeyPattern(NativeField field, string space)
    {
        IsText = NativeFields.IsText(field);
        Span<byte> padded = stackalloc byte[BytesRead];
        padded.Clear();
        Length = Encoding.UTF8.GetBytes($"\"{NativeFields.NameOf(field)}\":{space}{(IsText ? "\"" : "")}", padded);
        _bytes = Vector256.Create<byte>(padded);
        _own = (1u << Length) - 1;
    }

    /// <summary>By field, without a space behind the colon and with one.</summary>
    public static KeyPattern[] Compact { get; } = All("");

    public static KeyPattern[] Spaced { get; } = All(" ");

    /// <param name="position">At least <see cref="BytesRead"/> before the buffer's end.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool StandsAt(ReadOnlySpan<byte> buffer, int position)
    {
        var there = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(buffer), (nuint)position);
        return (Vector256.Equals(there, _bytes).ExtractMostSignificantBits() & _own) == _own;
    }

    private static KeyPattern[] All(string space) => [.. Enum.GetValues<NativeField>().Select(field => new KeyPattern(field, space))];
}
