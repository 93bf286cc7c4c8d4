using System.Text;

namespace AnomalyDetect.Core.Windows;

/// <summary>Where a text stands in its <see cref="KeptTexts"/>; none in a default one.</summary>
/// <param name="End">Bytes up to its end, and one more.</param>
internal readonly record struct KeptText(int End, int Length)
{
    public bool IsNone => End == 0;
}

/// <summary>
/// Texts kept until a window ends, side by side in one buffer that is used again: a string for each would be most of what a lane allocates, and hardly one is ever read.
/// </summary>
internal sealed class KeptTexts
{
    private const int KeptBytes = 1 << 16; // a larger buffer is given back when less than an eighth of it was used

    private byte[] _utf8 = [];
    private int _used;

    public KeptText Keep(ReadOnlySpan<byte> utf8)
    {
        if (_utf8.Length - _used < utf8.Length) Array.Resize(ref _utf8, Math.Max(256, Math.Max(_utf8.Length * 2, _used + utf8.Length)));
        utf8.CopyTo(_utf8.AsSpan(_used));
        _used += utf8.Length;
        return new KeptText(_used + 1, utf8.Length);
    }

    /// <param name="text">Null: none.</param>
    public KeptText Keep(string? text) => text is null ? default : Keep(Encoding.UTF8.GetBytes(text));

    /// <summary>Null for none.</summary>
    public string? Read(KeptText text) => text.IsNone ? null : Encoding.UTF8.GetString(_utf8, text.End - 1 - text.Length, text.Length);

    /// <summary>What was kept so far is not to be read any more.</summary>
    public void Clear()
    {
        if (_utf8.Length > KeptBytes && _used * 8L < _utf8.Length) _utf8 = [];
        _used = 0;
    }
}
