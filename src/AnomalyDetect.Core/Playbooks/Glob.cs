namespace AnomalyDetect.Core.Playbooks;

/// <summary>
/// A pattern in which <c>*</c> stands for any text and <c>?</c> for one character; everything else is itself, by ordinal comparison. All ways to match are followed
/// at once in the bits of one number (Shift-And, Baeza-Yates and Gonnet 1992), so a match takes one step a character whatever the pattern is.
/// </summary>
public sealed class Glob
{
    /// <summary>Longest pattern, in characters.</summary>
    public const int MaxLength = 120;

    private readonly Dictionary<char, UInt128> _literals = [];
    private readonly UInt128 _any; // places where any character fits
    private readonly UInt128 _loops; // places where any text may stand before going on
    private readonly int _end;

    /// <exception cref="ArgumentException">The pattern is empty or longer than <see cref="MaxLength"/>.</exception>
    public Glob(string pattern)
    {
        if (!IsPattern(pattern)) throw new ArgumentException($"a pattern has 1 to {MaxLength} characters", nameof(pattern));
        foreach (var c in pattern)
        {
            var place = UInt128.One << _end;
            if (c == '*')
            {
                _loops |= place;
                continue;
            }

            if (c == '?') _any |= place;
            else _literals[c] = _literals.GetValueOrDefault(c) | place;
            _end++;
        }
    }

    public static bool IsPattern(string text) => text.Length is > 0 and <= MaxLength;

    public static bool IsMatch(string pattern, string text) => new Glob(pattern).IsMatch(text);

    public bool IsMatch(ReadOnlySpan<char> text)
    {
        var places = UInt128.One;
        foreach (var c in text)
        {
            places = ((places & (_any | _literals.GetValueOrDefault(c))) << 1) | (places & _loops);
            if (places == UInt128.Zero) return false;
        }

        return (places >> _end & UInt128.One) != UInt128.Zero;
    }
}
