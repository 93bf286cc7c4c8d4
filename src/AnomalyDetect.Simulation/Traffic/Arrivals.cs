using AnomalyDetect.Simulation.Casting;

namespace AnomalyDetect.Simulation.Traffic;

/// <summary>People of one tenant begin their sessions: a Poisson process that follows the rhythm of the week, by thinning (Lewis, Shedler 1979).</summary>
internal sealed class Arrivals(Troupe troupe) : Actor(0)
{
    private readonly double _meanGap = 60_000 / (troupe.Tenant.SessionsPerMinute * Rhythm.Peak * troupe.Options.MostGrowth());

    public override SimulatedEvent? Act(World world)
    {
        var now = world.Time(Next);
        var level = Rhythm.At(troupe.Options.LocalAt(troupe.Tenant, now)) * troupe.Options.GrowthAt(now);
        if (Next > 0 && troupe.Dice.Chance(level / (Rhythm.Peak * troupe.Options.MostGrowth())))
            world.Add(new InteractiveSession(troupe, Someone(now), now, Next) { Number = troupe.NextNumber() });
        After(troupe.Dice.Exponential(_meanGap));
        return null;
    }

    /// <summary>Preferably one who is not at work already.</summary>
    private Persona Someone(DateTime now)
    {
        var who = troupe.Options.Someone(troupe.Tenant, now, troupe.Dice);
        for (var i = 0; i < 3 && who.Sessions > 0; i++) who = troupe.Options.Someone(troupe.Tenant, now, troupe.Dice);
        return who;
    }
}
