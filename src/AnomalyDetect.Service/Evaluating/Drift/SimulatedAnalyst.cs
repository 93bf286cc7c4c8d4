using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Response.Routing;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;
using AnomalyDetect.Simulation;
using AnomalyDetect.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AnomalyDetect.Service.Evaluating.Drift;

/// <summary>
/// Keeps a replay's alerts in a data directory's store, as a service would, and gives the verdicts an analyst who is never wrong would give: an alert of an attack is
/// confirmed, one of a look-alike is benign, and what belongs to neither is a false positive.
/// </summary>
internal sealed class SimulatedAnalyst(Settings settings, IReadOnlyList<AttackLabel> labels)
{
    private const string Actor = "simulated analyst";
    private readonly HashSet<string> _judged = new(StringComparer.Ordinal);
    private long _commits;

    /// <summary>Stores what is new of the alerts, and judges those not judged yet.</summary>
    /// <param name="alerts">All there are so far, at their newest revision.</param>
    /// <param name="looksAt">Those the analyst gets to see.</param>
    /// <returns>How many verdicts were given.</returns>
    public int Judge(IReadOnlyList<Alert> alerts, Func<Alert, bool> looksAt)
    {
        var attacks = labels.Where(l => l.IsAttack).ToList();
        var ofNoAttack = Ids(AlertMatcher.Match(attacks, alerts, [], 1));
        var ofNothing = Ids(AlertMatcher.Match(labels, alerts, [], 1));
        using var data = DataDirectory.Open(settings.Written.DataDirectory);
        using var store = Store.Open(
            settings.Written.Storage with { Path = settings.StorePath }, new DeliveryRouter(settings.Response), TimeProvider.System, NullLogger.Instance, settings.Guards);
        var outcome = new Outcome();
        outcome.Alerts.AddRange(alerts);
        store.Lanes.Commit([new LaneCommit("replay/0", ++_commits, outcome, [])]);
        var given = 0;
        foreach (var alert in alerts.Where(looksAt).Where(a => _judged.Add(a.Id)))
        {
            var verdict = !ofNoAttack.Contains(alert.Id) ? Verdict.TruePositive : ofNothing.Contains(alert.Id) ? Verdict.FalsePositive : Verdict.Benign;
            store.Verdicts.Give(alert.Id, verdict, Actor, "as the labels have it");
            given++;
        }

        return given;
    }

    private static HashSet<string> Ids(MatchReport report) => report.FalseAlerts.Select(a => a.Id).ToHashSet(StringComparer.Ordinal);
}
