using System.Globalization;

namespace AnomalyDetect.Service.Configuration;

/// <summary>Durations as people write them: <c>250ms</c>, <c>90s</c>, <c>5m</c>, <c>12h</c>, <c>7d</c>, or <c>[d.]hh:mm:ss</c>.</summary>
public static class Duration
{
    public const string Shape = "a duration such as \"30s\", \"5m\", \"12h\", \"7d\" or \"00:05:00\"";

    private static readonly (string Suffix, TimeSpan Unit)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)), ("h", TimeSpan.FromHours(1)), ("d", TimeSpan.FromDays(1)),
    ];

    public static bool TryParse(string text, out TimeSpan value)
    {
        if (text.Contains(':', StringComparison.Ordinal)) return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out value);
        value = default;
        foreach (var (suffix, unit) in Units)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal)) continue;
            if (!double.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) continue;
            if (number * unit.TotalDays > 36_500) return false;
            value = TimeSpan.FromTicks((long)Math.Round(number * unit.Ticks));
            return true;
        }

        return false;
    }

    /// <summary>The shortest of the units that says it whole: <c>7d</c>, <c>90s</c>.</summary>
    public static string Format(TimeSpan value)
    {
        if (value == TimeSpan.Zero) return "0s";
        foreach (var (suffix, unit) in Units.Reverse())
            if (value.Ticks % unit.Ticks == 0) return string.Create(CultureInfo.InvariantCulture, $"{value.Ticks / unit.Ticks}{suffix}");
        return value.ToString("c", CultureInfo.InvariantCulture);
    }
}
