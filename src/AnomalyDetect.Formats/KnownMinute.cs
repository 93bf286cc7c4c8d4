namespace AnomalyDetect.Formats;

/// <summary>Times as <see cref="Rfc3339"/> reads them. Most are of the minute of the one before: of these only the seconds are read. Of one thread.</summary>
internal sealed class KnownMinute
{
    private const int SecondsAt = 17; // behind 2026-03-01T12:30:
    private const int ZoneAt = 19; // or a fraction
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

    /// <summary>The ticks into the minute, of a time in UTC that is not in a leap second; others go the long way.</summary>
    private static bool TrySeconds(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (text.Length <= ZoneAt || text[^1] != 'Z' || Rfc3339.Two(text, SecondsAt) is not (>= 0 and < 60 and var seconds)) return false;
        var zone = ZoneAt;
        if (text[zone] == '.' && !Rfc3339.TryFraction(text, ref zone, out ticks)) return false;
        ticks += seconds * TimeSpan.TicksPerSecond;
        return zone == text.Length - 1;
    }
}
