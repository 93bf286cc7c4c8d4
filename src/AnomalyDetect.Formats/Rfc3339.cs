namespace AnomalyDetect.Formats;

/// <summary>
/// RFC 3339 times with a zone: <c>2026-03-01T12:30:00Z</c>, <c>…T12:30:00.123456789+05:30</c>. Fractions to nine digits are cut to 100 ns; a leap second
/// (<c>23:59:60</c> UTC) becomes the last tick of its minute, so that order and day stay. Years 2000 to 2199: others are broken clocks.
/// </summary>
public static class Rfc3339
{
    private const int FirstYear = 2000;
    private const int LastYear = 2199;
    private const int FractionDigits = 9;

    /// <param name="utc">Of kind <see cref="DateTimeKind.Utc"/>.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out DateTime utc)
    {
        utc = default;
        if (text.Length < 20 || text[4] != '-' || text[7] != '-' || (text[10] | 0x20) != 't' || text[13] != ':' || text[16] != ':') return false;
        var year = (Two(text, 0) * 100) + Two(text, 2);
        var month = Two(text, 5);
        var day = Two(text, 8);
        var hour = Two(text, 11);
        var minute = Two(text, 14);
        var second = Two(text, 17);
        if ((year | month | day | hour | minute | second) < 0 || year is < FirstYear or > LastYear || month is < 1 or > 12) return false;
        if (day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60) return false;

        var zone = 19;
        var fraction = 0L;
        if (text[zone] == '.' && !TryFraction(text, ref zone, out fraction)) return false;
        if (!TryZone(text[zone..], out var offsetMinutes)) return false;

        var ticks = new DateTime(year, month, day, hour, minute, Math.Min(second, 59), DateTimeKind.Utc).Ticks - (offsetMinutes * TimeSpan.TicksPerMinute);
        if (second == 60)
        {
            if (ticks / TimeSpan.TicksPerMinute % (24 * 60) != (24 * 60) - 1) return false;
            fraction = TimeSpan.TicksPerSecond - 1;
        }

        utc = new DateTime(ticks + fraction, DateTimeKind.Utc);
        return true;
    }

    /// <param name="position">Of the point; then behind the last digit.</param>
    internal static bool TryFraction(ReadOnlySpan<byte> text, ref int position, out long ticks)
    {
        ticks = 0;
        var digits = 0;
        var i = position + 1;
        for (; i < text.Length && text[i] is >= (byte)'0' and <= (byte)'9'; i++)
        {
            if (++digits <= 7) ticks = (ticks * 10) + (text[i] - '0');
        }

        if (digits is 0 or > FractionDigits || i == text.Length) return false;
        for (; digits < 7; digits++) ticks *= 10;
        position = i;
        return true;
    }

    private static bool TryZone(ReadOnlySpan<byte> zone, out int minutes)
    {
        minutes = 0;
        if (zone.Length == 1) return (zone[0] | 0x20) == 'z';
        if (zone.Length != 6 || zone[0] is not ((byte)'+' or (byte)'-') || zone[3] != ':') return false;
        var hours = Two(zone, 1);
        minutes = Two(zone, 4);
        if (hours is < 0 or > 23 || minutes is < 0 or > 59) return false;
        minutes += hours * 60;
        if (zone[0] == '-') minutes = -minutes;
        return true;
    }

    /// <summary>Two digits, or a negative number.</summary>
    internal static int Two(ReadOnlySpan<byte> text, int at)
    {
        var tens = (uint)(text[at] - '0');
        var ones = (uint)(text[at + 1] - '0');
        return tens > 9 || ones > 9 ? -1_000_000 : (int)((tens * 10) + ones);
    }
}
