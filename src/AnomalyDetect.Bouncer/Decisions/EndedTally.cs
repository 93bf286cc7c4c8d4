using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Bouncer.Decisions;

/// <summary>
/// Whom and what a revocation of many has cut off, as marks that say each once (<see cref="DistinctMark"/>): of a kind never more than there are registers, however many come.
/// Thread-safe; asked only when a request is refused.
/// </summary>
/// <param name="principals">Of a tenant; of one principal there is nothing to count.</param>
internal sealed class EndedTally(bool principals)
{
    private readonly Lock _lock = new();
    private readonly Marks _principals = new();
    private readonly Marks _sessions = new();
    private readonly Marks _tokens = new();

    public void Add(in RequestSubject subject)
    {
        lock (_lock)
        {
            if (principals) _principals.Add(subject.Principal);
            _sessions.Add(subject.Session);
            _tokens.Add(subject.Token);
        }
    }

    /// <summary>What is new since it was last asked; null when nothing is.</summary>
    public (IReadOnlyList<int> Principals, IReadOnlyList<int> Sessions, IReadOnlyList<int> Tokens)? Take()
    {
        lock (_lock)
        {
            var taken = (_principals.Take(), _sessions.Take(), _tokens.Take());
            return taken is ([], [], []) ? null : taken;
        }
    }

    /// <summary>The highest mark of each register, and which have risen.</summary>
    private sealed class Marks
    {
        private readonly Dictionary<int, int> _highest = [];
        private readonly HashSet<int> _risen = [];

        public void Add(string? id)
        {
            if (id is null) return;
            var mark = DistinctMark.Of(id);
            var register = DistinctMark.RegisterOf(mark);
            if (_highest.TryGetValue(register, out var highest) && highest >= mark) return;
            _highest[register] = mark;
            _risen.Add(register);
        }

        public List<int> Take()
        {
            List<int> marks = [.. _risen.Select(register => _highest[register])];
            _risen.Clear();
            return marks;
        }
    }
}
