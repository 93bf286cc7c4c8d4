using System.Text;
using AnomalyDetect.Core;

namespace AnomalyDetect.Formats.Native;

/// <summary>The words of the contract's enums, found by length and then by bytes; the word found last is tried first.</summary>
internal sealed class NativeWords<T> where T : struct, Enum
{
    private readonly (byte[] Word, T Value)[][] _byLength;
    private (byte[] Word, T Value) _last;

    public NativeWords()
    {
        var words = Enum.GetValues<T>().Select(v => (Word: Encoding.UTF8.GetBytes(Names.Of(v)), Value: v)).ToArray();
        _last = words[0];
        _byLength = [.. Enumerable.Range(0, words.Max(w => w.Word.Length) + 1).Select(n => words.Where(w => w.Word.Length == n).ToArray())];
    }

    public bool TryFind(ReadOnlySpan<byte> word, out T value)
    {
        if (word.SequenceEqual(_last.Word))
        {
            value = _last.Value;
            return true;
        }

        value = default;
        if (word.Length >= _byLength.Length) return false;
        foreach (var candidate in _byLength[word.Length])
        {
            if (!word.SequenceEqual(candidate.Word)) continue;
            _last = candidate;
            value = candidate.Value;
            return true;
        }

        return false;
    }

    public static string List() => string.Join(", ", Enum.GetValues<T>().Select(Names.Of));
}
