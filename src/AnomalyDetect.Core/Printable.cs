using System.Globalization;
using System.Text;

namespace AnomalyDetect.Core;

/// <summary>
/// Text from outside (events, keys, file names, answers) made safe for a terminal or a log: control characters, escape sequences, line breaks, bidirectional
/// overrides and what is no character become visible <c>\u001b</c>-style escapes, and the length is bounded.
/// </summary>
public static class Printable
{
    private const int LongestEscape = 10;

    /// <param name="most">Characters kept; what is longer ends in an ellipsis.</param>
    public static string Of(string? text, int most = 400)
    {
        if (string.IsNullOrEmpty(text)) return "";
        if (text.Length <= most && text.EnumerateRunes().All(rune => IsSafe(rune) && rune != Rune.ReplacementChar)) return text;

        var builder = new StringBuilder(Math.Min(text.Length, most) + LongestEscape);
        for (var i = 0; i < text.Length;)
        {
            if (builder.Length >= most) return builder.Append('…').ToString();
            if (Rune.TryGetRuneAt(text, i, out var rune) && IsSafe(rune)) builder.Append(rune.ToString());
            else if (rune.Value > char.MaxValue) builder.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
            else builder.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
            i += Math.Max(1, rune.Utf16SequenceLength);
        }

        return builder.ToString();
    }

    private static bool IsSafe(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned);
}
