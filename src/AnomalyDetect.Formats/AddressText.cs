using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Formats;

/// <summary>
/// An IP address as UTF-8 text, without port, brackets or zone. IPv4 is four decimal numbers without leading zeros: <c>010.0.0.1</c> means different
/// machines to different readers (RFC 6943), so it is refused.
/// </summary>
public static class AddressText
{
    private const int LongestAddress = 45;

    public static bool TryParse(ReadOnlySpan<byte> utf8, out NetworkAddress address)
    {
        if (TryIPv4(utf8, out address)) return true;
        if (utf8.Length > LongestAddress || !utf8.Contains((byte)':')) return false;
        Span<char> text = stackalloc char[LongestAddress];
        for (var i = 0; i < utf8.Length; i++)
        {
            if (!char.IsAsciiHexDigit((char)utf8[i]) && utf8[i] is not ((byte)':' or (byte)'.')) return false;
            text[i] = (char)utf8[i];
        }

        return NetworkAddress.TryParse(text[..utf8.Length], out address);
    }

    private static bool TryIPv4(ReadOnlySpan<byte> text, out NetworkAddress address)
    {
        address = default;
        if (text.Length is < 7 or > 15) return false;
        uint bits = 0;
        var i = 0;
        for (var part = 0; part < 4; part++)
        {
            if (part > 0 && (i == text.Length || text[i++] != '.')) return false;
            var first = i;
            uint value = 0;
            for (; i < text.Length && text[i] - (uint)'0' <= 9; i++) value = (value * 10) + text[i] - '0';
            var digits = i - first;
            if (digits is 0 or > 3 || value > 255 || (digits > 1 && text[first] == '0')) return false;
            bits = (bits << 8) | value;
        }

        if (i != text.Length) return false;
        address = NetworkAddress.FromIPv4(bits);
        return true;
    }
}
