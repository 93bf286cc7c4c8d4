using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Tables;

namespace AnomalyDetect.Core.Playbooks;

/// <summary>
/// When a playbook's counts and repeats last saw somebody: of one tenant, bounded in names and in times a name. Only rules that count put anything in. When it is full, what
/// was seen longest ago makes room.
/// </summary>
/// <param name="share">What it may grow by; null: to as many names as it may have.</param>
internal sealed class OffenceBook(TableShare? share = null)
{
    public const int NamesKept = 10_000;
    public const int TimesKept = 16;

    private const int BytesEach = 400;
    private const int Start = 4; // of names, before there is more room

    private readonly PaidRoom _room = new(share, Start, NamesKept, BytesEach);
    private readonly Dictionary<string, List<long>> _times = new(StringComparer.Ordinal);

    public long Bytes => _times.Count * (long)BytesEach;

    public static string Alerts(PlaybookRule rule, Alert alert) => $"a\n{rule.Name}\n{Names.Of(alert.EntityKind)}\n{EntityOf(alert)}";

    public static string Decided(DecisionType type, DecisionScope scope, string value) => $"d\n{Names.Of(type)}\n{Names.Of(scope)}\n{value}";

    /// <summary>Takes down a time (event time, ticks); one that is there already counts once.</summary>
    public void Note(string name, long at)
    {
        if (!_times.TryGetValue(name, out var times))
        {
            if (_times.Count >= _room.Count && !_room.Grow()) MakeRoom();
            _times.Add(name, times = []);
        }

        if (times.Contains(at)) return;
        if (times.Count == TimesKept) times.RemoveAt(0);
        times.Add(at);
    }

    /// <summary>How often between the two times, both included.</summary>
    public int Count(string name, long from, long to) => _times.TryGetValue(name, out var times) ? times.Count(t => t >= from && t <= to) : 0;

    /// <summary>A sixteenth at once, so that a flood of names does not sort for each.</summary>
    private void MakeRoom()
    {
        var oldest = _times.OrderBy(p => p.Value[^1]).ThenBy(p => p.Key, StringComparer.Ordinal).Take(Math.Max(1, _room.Count / 16)).Select(p => p.Key).ToList();
        foreach (var name in oldest) _times.Remove(name);
    }

    private static string EntityOf(Alert alert) => alert.EntityKind switch
    {
        EntityKind.Principal => alert.PrincipalId ?? "",
        EntityKind.Session => alert.SessionId ?? "",
        EntityKind.Address => alert.SourceIp ?? "",
        EntityKind.Partner => alert.PartnerId ?? "",
        _ => "",
    };

    public void Save(StateWriter writer)
    {
        writer.Int(_room.Count);
        writer.Int(_times.Count);
        foreach (var (name, times) in _times.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            writer.Text(name);
            writer.Int(times.Count);
            foreach (var time in times) writer.Long(time);
        }
    }

    public void Load(ref StateReader reader)
    {
        var room = reader.Int();
        if (room is < Start or > NamesKept) throw new InvalidDataException("a playbook's counts in the lane checkpoint have an impossible number");
        _room.Restore(room);
        for (var left = reader.Count(); left > 0; left--)
        {
            var name = reader.Text();
            var times = new List<long>();
            for (var more = reader.Count(); more > 0; more--) times.Add(reader.Long());
            _times[name] = times;
        }
    }
}
