using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tracing;

namespace AnomalyDetect.Core.Playbooks;

/// <summary>What came of one alert in a trial.</summary>
/// <param name="Notes">What each rule made of it, in sentences.</param>
public sealed record TrialAnswer(Alert Alert, IReadOnlyList<Decision> Decisions, IReadOnlyList<Notification> Notifications, IReadOnlyList<string> Notes);

/// <summary>
/// Asks a playbook about alerts as a lane would, without one: to explain and to test. Alerts of one id are revisions of one episode, and what was decided for the earlier
/// stands; those of one tenant share what counting rules go by. Give them in order of time.
/// </summary>
public sealed class PlaybookTrial(EngineOptions options)
{
    private readonly Dictionary<string, OffenceBook> _offences = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Episode> _episodes = new(StringComparer.Ordinal);

    public TrialAnswer Ask(Alert alert)
    {
        var (outcome, trace) = (new Outcome(), new LaneTrace(null, alert.Id));
        if (!_offences.TryGetValue(alert.TenantId, out var offences)) _offences.Add(alert.TenantId, offences = new OffenceBook());
        PlaybookEvaluator.Evaluate(options, alert, EpisodeOf(alert), offences, tells: true, outcome, trace);
        return new TrialAnswer(alert, outcome.Decisions, outcome.Notifications, [.. trace.Notes.Select(n => n.Text)]);
    }

    private Episode EpisodeOf(Alert alert)
    {
        var seen = new Observation(
            alert.LastSeenAt.Ticks, alert.WindowStart.Ticks, alert.WindowEnd.Ticks, alert.Observed, alert.Expected, alert.Threshold, alert.Deviation, alert.Severity);
        if (_episodes.TryGetValue(alert.Id, out var episode))
        {
            episode.Take(seen);
            return episode;
        }

        episode = new Episode(alert.Signal, new Entity(alert.EntityKind, ""), alert.Id, seen) { Group = new AlertGroup(alert.GroupId ?? alert.Id, alert.DetectedAt.Ticks) };
        _episodes.Add(alert.Id, episode);
        return episode;
    }
}
