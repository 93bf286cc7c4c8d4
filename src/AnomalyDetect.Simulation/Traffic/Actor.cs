namespace AnomalyDetect.Simulation.Traffic;

/// <summary>
/// Something that acts at moments of its own choosing. It is called at <see cref="Next"/>, may make one event that happens then, and names its next moment;
/// so the world's events come out in order with one waiting entry an actor.
/// </summary>
internal abstract class Actor(long first)
{
    public const long Never = long.MaxValue;

    /// <summary>Milliseconds from the run's start; <see cref="Never"/> when it is done.</summary>
    public long Next { get; protected set; } = first;

    /// <summary>Breaks ties, the same way whichever other actors there are.</summary>
    public required int Number { get; init; }

    public abstract SimulatedEvent? Act(World world);

    protected void After(double milliseconds) => Next += Math.Max(1, (long)milliseconds);
}
