using System.Text;

namespace AnomalyDetect.Formats;

/// <summary>A short quotation of somebody else's bytes: at most 40 characters, printable ASCII only, so that it can stand in a log or on a terminal.</summary>
public static class Excerpt
{
    private const int Limit = 40;

    public static string Of(ReadOnlySpan<byte> utf8)
    {
        var text = new StringBuilder(Limit + 3).Append('\'');
        foreach (var b in utf8[..Math.Min(Limit, utf8.Length)]) text.Append(b is >= 0x20 and < 0x7f and not (byte)'\'' ? (char)b : '?');
        if (utf8.Length > Limit) text.Append("...");
        return text.Append('\'').ToString();
    }
}
