using System.Numerics;
using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.Alerts;

/// <summary>
/// The running alerts of one signal in one tenant. A storm of them is one event to the people who are told: the first ones are told singly, then every second,
/// fourth, eighth … as the group doubles, and whatever is worse than all told so far. Decisions are never grouped.
/// </summary>
internal sealed class AlertGroup(string id, long since, int count = 0)
{
    /// <summary>So many alerts of a group are each told.</summary>
    public const int ToldSingly = 10;

    /// <summary>Of its first alert.</summary>
    public string Id { get; } = id;

    /// <summary>Event time (ticks) of the first crossing.</summary>
    public long Since { get; } = since;

    /// <summary>Event time (ticks) of the latest finding.</summary>
    public long LastAt { get; set; } = since;

    /// <summary>Alerts told or held back so far.</summary>
    public int Count { get; private set; } = count;

    private Severity _highest;

    public bool IsOver(long at, long gap) => at > LastAt + gap;

    /// <summary>Whether people hear of this revision of the episode; the rest is for the record.</summary>
    public bool Tells(Episode episode)
    {
        if (episode.Place == 0)
        {
            episode.Place = ++Count;
            episode.IsTold = Count <= ToldSingly || BitOperations.IsPow2(Count);
        }

        if (episode.Severity > _highest) episode.IsTold = true;
        if (episode.IsTold && episode.Severity > _highest) _highest = episode.Severity;
        return episode.IsTold;
    }

    public void Save(StateWriter writer)
    {
        writer.Text(Id);
        writer.Raw((Since, LastAt, Count));
        writer.Byte((byte)_highest);
    }

    public static AlertGroup Load(ref StateReader reader)
    {
        var id = reader.Text();
        var (since, lastAt, count) = reader.Raw<(long, long, int)>();
        return new AlertGroup(id, since, count) { LastAt = lastAt, _highest = (Severity)reader.Byte() };
    }
}
