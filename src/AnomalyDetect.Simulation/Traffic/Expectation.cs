using AnomalyDetect.Simulation.Casting;

namespace AnomalyDetect.Simulation.Traffic;

/// <summary>What a tenant's plain traffic is expected to be, without its nightly routines.</summary>
internal static class Expectation
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    /// <summary>Events a minute at a moment: people by the hour of their week, services, partners and probes as ever.</summary>
    public static double EventsPerMinuteAt(this SimulationOptions options, Tenant tenant, DateTime at)
    {
        var people = tenant.SessionsPerMinute * InteractiveSession.EventsExpected * Rhythm.At(options.LocalAt(tenant, at));
        return ((people + tenant.ServiceCallsPerMinute + tenant.CrossTenantPerMinute) * options.GrowthAt(at)) + tenant.HealthChecksPerMinute;
    }

    /// <summary>When so many events were expected since <paramref name="from"/>, to a second; null: not by <paramref name="until"/>.</summary>
    public static DateTime? WhenExpected(this SimulationOptions options, Tenant tenant, double events, DateTime from, DateTime until)
    {
        var expected = 0.0;
        for (var at = from; at < until;)
        {
            expected += options.EventsPerMinuteAt(tenant, at) * Step.TotalMinutes;
            at += Step;
            if (expected >= events) return at;
        }

        return null;
    }
}
