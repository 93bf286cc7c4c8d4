using System.Collections.Concurrent;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Bouncer.Decisions;

/// <summary>
/// Decisions by what they are aimed at: read by every request without a lock, written by the one follower of the feed. An array of a subject is replaced whole
/// and never changed.
/// </summary>
/// <param name="most">Decisions held; what is beyond is turned away, because dropping others for it would let somebody else go.</param>
internal sealed class DecisionTable(int most)
{
    private readonly ConcurrentDictionary<SubjectKey, HeldDecision[]> _bySubject = new();
    private readonly Dictionary<string, HeldDecision> _byId = new(StringComparer.Ordinal);
    private readonly int[] _ofScope = new int[Enum.GetValues<DecisionScope>().Length];
    private volatile int _count;

    public int Count => _count;

    /// <summary>Decisions that found no room; of them nothing is enforced until the copy is made anew.</summary>
    public int TurnedAway { get; private set; }

    /// <summary>There is room again for what was turned away; not at each single place, for a copy is work.</summary>
    public bool HasRoomAgain => TurnedAway > 0 && _byId.Count < most / 10 * 9;

    /// <summary>Decisions of kinds this bouncer does not know, met while the copy was made and since; of them nothing is enforced.</summary>
    public int Unknown { get; private set; }

    /// <summary>In force, and not enforced here.</summary>
    public int Missing => TurnedAway + Unknown;

    /// <summary>Some decision is aimed at a thing of this kind, so that a look-up is worth while.</summary>
    public bool Holds(DecisionScope scope) => Volatile.Read(ref _ofScope[(int)scope]) > 0;

    public HeldDecision[] Of(SubjectKey key) => _bySubject.TryGetValue(key, out var held) ? held : [];

    public HeldDecision? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>A decision that is held already stays as it is, with its bucket and its counts.</summary>
    public void Put(HeldDecision decision)
    {
        if (_byId.ContainsKey(decision.Id)) return;
        if (_byId.Count >= most)
        {
            TurnedAway++;
            return;
        }

        _byId.Add(decision.Id, decision);
        // Before it can be found: a request that looks too early finds nothing, and one that does not look would miss it.
        Interlocked.Increment(ref _ofScope[(int)decision.Scope]);
        _bySubject[decision.Key] = [.. Of(decision.Key), decision];
        _count = _byId.Count;
    }

    public void Remove(string id)
    {
        if (!_byId.Remove(id, out var decision)) return;
        HeldDecision[] rest = [.. Of(decision.Key).Where(d => d.Id != id)];
        if (rest.Length > 0) _bySubject[decision.Key] = rest;
        else _bySubject.TryRemove(decision.Key, out _);
        Interlocked.Decrement(ref _ofScope[(int)decision.Scope]);
        _count = _byId.Count;
    }

    public void Met(int unknown) => Unknown += unknown;

    /// <summary>Lets go of what has expired, which nothing judges by any more.</summary>
    public void Sweep(DateTime now)
    {
        foreach (var decision in _byId.Values.Where(d => d.ExpiresAt <= now).ToList()) Remove(decision.Id);
    }
}

/// <summary>The table in use: replaced whole when the copy is made anew, so that at no time a decision in force is missing.</summary>
internal sealed class DecisionCopy(int most)
{
    private volatile DecisionTable _table = new(most);

    public DecisionTable Table => _table;

    public DecisionTable MakeAnew() => new(most);

    public void Replace(DecisionTable table) => _table = table;
}
