using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Streaming.Lanes;

/// <summary>
/// What waits for the store, in order. A position-only commit takes the place of the one before it of the same lane, so that a long wait costs no memory and
/// a quiet stream no writes.
/// </summary>
internal sealed class PendingCommits
{
    private List<LaneResult> _results = [];
    private readonly Dictionary<string, (LaneResult Result, int Index)> _positions = [];

    public int Count => _results.Count;

    /// <summary>Something but positions waits.</summary>
    public bool IsUrgent { get; private set; }

    public void Add(LaneResult result)
    {
        if (result.IsUrgent)
        {
            // Order matters around anything that is more than a position.
            _positions.Clear();
            _results.Add(result);
            IsUrgent = true;
            return;
        }

        LaneResult? rest = null;
        foreach (var commit in result.Commits)
        {
            if (_positions.TryGetValue(commit.Lane, out var known))
            {
                known.Result.Commits[known.Index] = commit;
                continue;
            }

            rest ??= new LaneResult { OldestObservedAt = result.OldestObservedAt };
            _positions[commit.Lane] = (rest, rest.Commits.Count);
            rest.Commits.Add(commit);
        }

        if (rest is not null) _results.Add(rest);
    }

    /// <summary>Everything, in order; what waits is empty then.</summary>
    public IReadOnlyList<LaneResult> Take()
    {
        var taken = _results;
        _results = [];
        _positions.Clear();
        IsUrgent = false;
        return taken;
    }
}
