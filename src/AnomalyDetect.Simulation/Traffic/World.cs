using AnomalyDetect.Simulation.Casting;

namespace AnomalyDetect.Simulation.Traffic;

/// <summary>The run's clock and the actors waiting for their moment.</summary>
internal sealed class World(SimulationOptions options, Cast cast)
{
    private const int NumberBits = 24;
    private readonly PriorityQueue<Actor, long> _waiting = new();
    private readonly long _end = (long)options.Duration.TotalMilliseconds;

    public SimulationOptions Options => options;

    public Cast Cast => cast;

    public DateTime Time(long milliseconds) => options.Start.AddTicks(milliseconds * TimeSpan.TicksPerMillisecond);

    public long Offset(DateTime time) => (time - options.Start).Ticks / TimeSpan.TicksPerMillisecond;

    public void Add(Actor actor)
    {
        if (actor.Next < _end) _waiting.Enqueue(actor, Key(actor));
    }

    public IEnumerable<SimulatedEvent> Run()
    {
        while (_waiting.TryDequeue(out var actor, out _))
        {
            var made = actor.Act(this);
            Add(actor);
            if (made is not null) yield return made;
        }
    }

    private static long Key(Actor actor) => (actor.Next << NumberBits) | (uint)(actor.Number & ((1 << NumberBits) - 1));
}
