using System.IO.Hashing;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace AnomalyDetect.Core.Events;

/// <summary>
/// UTF-8 text inside a batch's buffer: no copy, no garbage. It lives as long as its <see cref="EventBatch"/>; keep <see cref="ToString"/> beyond that.
/// </summary>
public readonly struct TextSlice(byte[] buffer, int offset, int length)
{
    internal byte[]? Buffer { get; } = buffer;

    internal int Offset { get; } = offset;

    public int Length { get; } = length;

    public bool IsEmpty => Length == 0;

    public ReadOnlySpan<byte> Utf8 => Buffer.AsSpan(Offset, Length);

    /// <summary>0 for nothing. Good enough to tell a user's handful of things apart, at a fraction of a real hash: length, first, middle and last 8 bytes.</summary>
    public ulong Fingerprint
    {
        get
        {
            var text = Utf8;
            if (text.Length < 8) return text.IsEmpty ? 0 : XxHash3.HashToUInt64(text);
            ref var first = ref MemoryMarshal.GetReference(text);
            var a = Unsafe.ReadUnaligned<ulong>(ref first);
            var b = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, (text.Length - 8) / 2));
            var c = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, text.Length - 8));
            return Math.BigMul((a ^ BitOperations.RotateLeft(b, 23)) * 0x9E3779B97F4A7C15UL, (c + (ulong)text.Length) ^ 0xD6E8FEB86659FD93UL, out var low) ^ low;
        }
    }

    /// <summary>For tests and other places off the hot path.</summary>
    public static TextSlice Of(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return new TextSlice(bytes, 0, bytes.Length);
    }

    public override string ToString() => IsEmpty ? "" : Encoding.UTF8.GetString(Utf8);
}
