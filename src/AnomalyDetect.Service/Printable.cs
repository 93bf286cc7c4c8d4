using System.Globalization;
using System.Text;

namespace AnomalyDetect.Service;

/// <summary>
/// Text from outside (events, keys, file names, answers) made safe for a terminal or a log: control characters, escape sequences, line breaks and bidirectional
/// overrides become visible <c>\u001b</c>-style escapes.
/// </summary>
public static class Printable
{
    public static string Of(string? text, int most = 400)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var clean = !text.Any(IsUnsafe);
        if (clean && text.Length <= most) return text;

        var builder = new StringBuilder(Math.Min(text.Length, most) + 8);
        foreach (var c in text)
        {
            if (builder.Length >= most)
            {
                builder.Append('…');
                break;
            }

            if (IsUnsafe(c)) builder.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else builder.Append(c);
        }

        return builder.ToString();
    }

    private static bool IsUnsafe(char c) =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
