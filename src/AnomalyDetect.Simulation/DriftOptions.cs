namespace AnomalyDetect.Simulation;

/// <summary>
/// How tenants become others while a run goes on: evenly from <see cref="From"/> on over <see cref="Over"/>, then they stay as they are. What a scenario calls far above
/// the usual is measured by the usual of its day.
/// </summary>
public sealed record DriftOptions
{
    /// <summary>From the run's start; 0 to 3,650 days.</summary>
    public TimeSpan From { get; init; } = TimeSpan.FromDays(7);

    /// <summary>1 h to 3,650 days.</summary>
    public TimeSpan Over { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How many times the people, sessions and machine calls of the start there are at the end; 1 to 20.</summary>
    public double Growth { get; init; } = 3;

    /// <summary>How much later the people of every other tenant are at work at the end, and how much earlier those of the rest; 0 to 12 h.</summary>
    public TimeSpan Hours { get; init; } = TimeSpan.FromHours(3);

    /// <summary>Share of the people who have changed to a new client by the end, each on a day of their own: a device of its own, another agent, more and smaller calls a page; 0 to 1.</summary>
    public double NewClient { get; init; } = 1;

    internal IEnumerable<string> Problems()
    {
        if (!(From >= TimeSpan.Zero && From <= TimeSpan.FromDays(3650))) yield return "drift must begin 0 to 3,650 days after the start";
        if (!(Over >= TimeSpan.FromHours(1) && Over <= TimeSpan.FromDays(3650))) yield return "drift must take 1 hour to 3,650 days";
        if (Growth is not (>= 1 and <= 20)) yield return "growth must be 1 to 20 times";
        if (!(Hours >= TimeSpan.Zero && Hours <= TimeSpan.FromHours(12))) yield return "hours must move by 0 to 12";
        if (NewClient is not (>= 0 and <= 1)) yield return "the share of people with a new client must be 0 to 1";
    }
}
