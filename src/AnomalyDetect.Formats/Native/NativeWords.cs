using System.Runtime.CompilerServices;
using System.Text;
using AnomalyDetect.Core;

namespace AnomalyDetect.Formats.Native;

/// <summary>The words of an enum of the contract, whose values count up from 0; the word found last is tried first.</summary>
internal sealed class NativeWords<T> where T : struct, Enum
{
    private readonly byte[][] _words;
    private int _last;

    public NativeWords()
    {
        if (Unsafe.SizeOf<T>() != 1) throw new InvalidOperationException($"{typeof(T)} is not an enum of bytes");
        _words = [.. Names.All<T>().Select(Encoding.UTF8.GetBytes)];
    }

    public bool TryFind(ReadOnlySpan<byte> word, out T value)
    {
        if (word.SequenceEqual(_words[_last])) return Found(_last, out value);
        for (var n = 0; n < _words.Length; n++)
            if (word.SequenceEqual(_words[n])) return Found(n, out value);
        value = default;
        return false;
    }

    private bool Found(int n, out T value)
    {
        _last = n;
        value = Unsafe.BitCast<byte, T>((byte)n);
        return true;
    }

    public static string List() => string.Join(", ", Names.All<T>());
}
