using System.Runtime.CompilerServices;
using System.Text;
using AnomalyDetect.Core;

namespace AnomalyDetect.Formats.Native;

/// <summary>
/// The words of an enum of the contract, whose values count up from 0. A perfect hash of a word's length and two of its letters tells which one it must be.
/// </summary>
internal sealed class NativeWords<T> where T : struct, Enum
{
    private const int SlotBits = 6;
    private readonly byte[][] _words;
    private readonly byte[] _slots = new byte[1 << SlotBits];
    private readonly uint _multiplier;

    public NativeWords()
    {
        if (Unsafe.SizeOf<T>() != 1) throw new InvalidOperationException($"{typeof(T)} is not an enum of bytes");
        _words = [.. Names.All<T>().Select(Encoding.UTF8.GetBytes)];
        do _multiplier += 0x9E3779B1;
        while (_words.DistinctBy(word => SlotOf(word)).Count() < _words.Length);
        foreach (var (n, word) in _words.Index()) _slots[SlotOf(word)] = (byte)n;
    }

    public bool TryFind(ReadOnlySpan<byte> word, out T value)
    {
        value = default;
        if (word.IsEmpty) return false;
        var n = _slots[SlotOf(word)];
        if (!word.SequenceEqual(_words[n])) return false;
        value = Unsafe.BitCast<byte, T>(n);
        return true;
    }

    private int SlotOf(ReadOnlySpan<byte> word) => (int)((((uint)word.Length << 16) | ((uint)word[word.Length / 2] << 8) | word[0]) * _multiplier >> (32 - SlotBits));

    public static string List() => string.Join(", ", Names.All<T>());
}
