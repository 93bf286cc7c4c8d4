using AnomalyDetect.Simulation.Scenarios;

namespace AnomalyDetect.Simulation.Traffic;

/// <summary>Plays events that are settled beforehand, a night or a scenario at a time.</summary>
internal abstract class Player(long first) : Actor(first)
{
    private IReadOnlyList<SimulatedEvent>? _events;
    private int _index;

    public override SimulatedEvent? Act(World world)
    {
        if (_events is null)
        {
            (_events, _index) = (Open(world).Events, 0);
            Next = Math.Max(Next, world.Offset(_events[0].OccurredAt));
            return null;
        }

        var made = _events[_index++];
        if (_index < _events.Count)
        {
            Next = world.Offset(_events[_index].OccurredAt);
        }
        else
        {
            _events = null;
            Next = Afterwards();
        }

        return made;
    }

    protected abstract Scene Open(World world);

    /// <summary>When it opens again.</summary>
    protected abstract long Afterwards();
}

/// <summary>A booked scenario, once.</summary>
internal sealed class Performance(Booking booking, long first) : Player(first)
{
    protected override Scene Open(World world) => booking.Perform(world.Options, world.Cast);

    protected override long Afterwards() => Never;
}
