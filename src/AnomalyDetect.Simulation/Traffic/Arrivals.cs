using AnomalyDetect.Simulation.Casting;

namespace AnomalyDetect.Simulation.Traffic;

/// <summary>People of one tenant begin their sessions: a Poisson process that follows the rhythm of the week, by thinning (Lewis, Shedler 1979).</summary>
internal sealed class Arrivals(Troupe troupe) : Actor(0)
{
    private readonly double _meanGap = 60_000 / (troupe.Tenant.SessionsPerMinute * Rhythm.Peak);

    public override SimulatedEvent? Act(World world)
    {
        var level = Rhythm.At(troupe.Tenant.Local(world.Time(Next)));
        if (Next > 0 && troupe.Dice.Chance(level / Rhythm.Peak))
            world.Add(new InteractiveSession(troupe, Someone(), Next) { Number = troupe.NextNumber() });
        After(troupe.Dice.Exponential(_meanGap));
        return null;
    }

    /// <summary>Preferably one who is not at work already.</summary>
    private Persona Someone()
    {
        var who = troupe.Dice.Pick(troupe.Tenant.People);
        for (var i = 0; i < 3 && who.Sessions > 0; i++) who = troupe.Dice.Pick(troupe.Tenant.People);
        return who;
    }
}
