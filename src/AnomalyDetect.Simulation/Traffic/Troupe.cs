using AnomalyDetect.Simulation.Casting;

namespace AnomalyDetect.Simulation.Traffic;

/// <summary>What the actors of one tenant share: its chance and its identifiers, so that no other tenant and no scenario changes what happens in it.</summary>
/// <param name="nightLabels">Which nights of which routines are labelled, by kind, tenant's rank and day.</param>
internal sealed class Troupe(Tenant tenant, SimulationOptions options, IReadOnlyDictionary<(ScenarioKind Kind, int Rank, int Day), string> nightLabels)
{
    private int _number = (int)(Dice.Mix((ulong)tenant.Rank) & 0xfff) << 12;

    public Tenant Tenant => tenant;

    public SimulationOptions Options => options;

    public IReadOnlyDictionary<(ScenarioKind Kind, int Rank, int Day), string> NightLabels => nightLabels;

    public Dice Dice { get; } = Dice.Of(options.Seed, ((ulong)tenant.Rank << 8) | 2);

    public Ids Ids { get; } = new(options.Seed, tenant.Rank);

    public int NextNumber() => _number++;

    public IEnumerable<Actor> Everyone()
    {
        yield return new Arrivals(this) { Number = NextNumber() };
        foreach (var service in tenant.Services) yield return new ServiceAccount(this, service) { Number = NextNumber() };
        foreach (var partnership in tenant.Partnerships) yield return new PartnerIntegration(this, partnership) { Number = NextNumber() };
        yield return new HealthProbe(this) { Number = NextNumber() };
        yield return new Routine(this, ScenarioKind.BatchJob) { Number = NextNumber() };
        yield return new Routine(this, ScenarioKind.PartnerSync) { Number = NextNumber() };
    }
}
