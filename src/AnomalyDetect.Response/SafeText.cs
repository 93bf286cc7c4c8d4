using System.Globalization;
using System.Text;

namespace AnomalyDetect.Response;

/// <summary>Text from outside made fit for a log line: control and formatting characters escaped, length bounded.</summary>
internal static class SafeText
{
    public static string Escape(string? text, int most = 300)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var cut = text.Length > most;
        var source = cut ? text.AsSpan(0, most) : text;
        StringBuilder? safe = null;
        for (var i = 0; i < source.Length; i++)
        {
            if (IsPlain(source[i]))
            {
                safe?.Append(source[i]);
                continue;
            }

            safe ??= new StringBuilder(source.Length + 16).Append(source[..i]);
            safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)source[i]:x4}");
        }

        var result = safe?.ToString() ?? source.ToString();
        return cut ? result + "…" : result;
    }

    // Format characters hold the bidirectional overrides that make a line read as another one.
    private static bool IsPlain(char c) => char.GetUnicodeCategory(c) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
