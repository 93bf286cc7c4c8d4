namespace AnomalyDetect.Formats;

/// <summary>Times as <see cref="Rfc3339"/> reads them. Most are of the minute of the one before: of these only the seconds are read. Of one thread.</summary>
internal sealed class KnownMinute
{
    private const int SecondsAt = 17; // behind 2026-03-01T12:30:
    private const int ZoneAt = 19;
    private const int ZoneBehindMilliseconds = 23;
    private readonly byte[] _text = new byte[SecondsAt];
    private DateTime _start;

    /// <param name="utc">Of kind <see cref="DateTimeKind.Utc"/>.</param>
    public bool TryParse(ReadOnlySpan<byte> text, out DateTime utc)
    {
        if (text.Length > SecondsAt && text[..SecondsAt].SequenceEqual(_text) && TrySeconds(text, out var into))
        {
            utc = _start.AddTicks(into);
            return true;
        }

        if (!Rfc3339.TryParse(text, out utc)) return false;
        if (TrySeconds(text, out into)) Remember(text, utc.AddTicks(-into));
        return true;
    }

    private void Remember(ReadOnlySpan<byte> text, DateTime start)
    {
        text[..SecondsAt].CopyTo(_text);
        _start = start;
    }

    /// <summary>The ticks into the minute, of a time in UTC to seconds or milliseconds that is not in a leap second; others go the long way.</summary>
    private static bool TrySeconds(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (text.Length is not (ZoneAt + 1 or ZoneBehindMilliseconds + 1) || text[^1] != 'Z') return false;
        var (tens, ones) = (Digit(text, SecondsAt), Digit(text, SecondsAt + 1));
        if (tens > 5 || ones > 9) return false;
        ticks = ((tens * 10) + ones) * TimeSpan.TicksPerSecond;
        if (text.Length == ZoneAt + 1) return true;
        var (tenths, hundredths, thousandths) = (Digit(text, ZoneAt + 1), Digit(text, ZoneAt + 2), Digit(text, ZoneAt + 3));
        ticks += ((tenths * 100) + (hundredths * 10) + thousandths) * TimeSpan.TicksPerMillisecond;
        return text[ZoneAt] == '.' && tenths <= 9 && hundredths <= 9 && thousandths <= 9;
    }

    /// <summary>More than 9 where there is none.</summary>
    private static uint Digit(ReadOnlySpan<byte> text, int at) => text[at] - (uint)'0';
}
