namespace AnomalyDetect.Simulation.Traffic;

/// <summary>How busy people are over the week: working hours with a lunch dip, quiet nights and weekends. Its mean over a week is 1.</summary>
internal static class Rhythm
{
    private const int SlotMinutes = 15;
    private const int Slots = 7 * 24 * 60 / SlotMinutes;
    private const double Weekend = 0.15;

    private static readonly (double Hour, double Level)[] Workday =
    [
        (0, .05), (5, .04), (7, .25), (8, .7), (9, 1), (11.5, 1), (12.5, .55), (13.5, .95), (16.5, .9), (18, .4), (20, .18), (22, .1), (24, .05),
    ];

    private static readonly double[] Levels = Normalised();

    public static double Peak { get; } = Levels.Max();

    /// <param name="local">Wall clock of the tenant.</param>
    public static double At(DateTime local)
    {
        var day = ((int)local.DayOfWeek + 6) % 7;
        var slot = ((day * 24 * 60) + local.TimeOfDay.TotalMinutes) / SlotMinutes;
        var index = (int)slot;
        var next = Levels[(index + 1) % Slots];
        return Levels[index] + ((slot - index) * (next - Levels[index]));
    }

    private static double[] Normalised()
    {
        var levels = new double[Slots];
        for (var i = 0; i < Slots; i++)
        {
            var hour = i * SlotMinutes / 60.0;
            levels[i] = LevelAt(hour % 24) * (hour >= 5 * 24 ? Weekend : 1);
        }

        var mean = levels.Sum() / Slots;
        return [.. levels.Select(l => l / mean)];
    }

    private static double LevelAt(double hour)
    {
        var i = 1;
        while (Workday[i].Hour <= hour) i++;
        var (from, to) = (Workday[i - 1], Workday[i]);
        return from.Level + ((hour - from.Hour) / (to.Hour - from.Hour) * (to.Level - from.Level));
    }
}
