using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Streaming.Tests;

/// <summary>The contract of <see cref="ILaneStore"/> in memory, copyable at any moment: a copy is what a killed process would find.</summary>
internal sealed class MemoryLaneStore : ILaneStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LanePositions> _lanes = [];
    private readonly Dictionary<string, string> _engines = [];
    private readonly Dictionary<string, string> _fixed = [];

    /// <summary>Alert id, newest revision.</summary>
    public Dictionary<string, (int Revision, string Json)> Alerts { get; } = [];

    /// <summary>Alert revisions (each would be a delivery and a ledger entry), decisions, notifications, in the order they were stored.</summary>
    public List<string> Written { get; } = [];

    public HashSet<string> Decisions { get; } = [];

    public HashSet<(string Lane, long Offset, int Index)> Rejections { get; } = [];

    public int Commits { get; private set; }

    public int Checkpoints { get; private set; }

    /// <summary>Called before anything is written; throws to fail the call.</summary>
    public Action? BeforeCommit { get; set; }

    /// <summary>Called after each commit or checkpoint.</summary>
    public Action<MemoryLaneStore>? Changed { get; set; }

    public void Commit(IReadOnlyList<LaneCommit> commits)
    {
        BeforeCommit?.Invoke();
        lock (_lock)
        {
            Commits++;
            foreach (var commit in commits)
            {
                _lanes.TryGetValue(commit.Lane, out var known);
                Assert.IsTrue(known is null || commit.NextOffset >= known.OutcomeOffset, $"{commit.Lane} went back from {known?.OutcomeOffset} to {commit.NextOffset}");
                foreach (var rejection in commit.Rejections) Rejections.Add((commit.Lane, rejection.Position.Offset, rejection.Position.Index));
                Write(commit.Outcome);
                _lanes[commit.Lane] = new LanePositions(commit.Lane, commit.NextOffset, known?.Checkpoint);
            }
        }

        Changed?.Invoke(this);
    }

    public void SaveCheckpoint(LaneCheckpoint checkpoint)
    {
        lock (_lock)
        {
            var known = _lanes[checkpoint.Lane];
            Assert.IsLessThanOrEqualTo(known.OutcomeOffset, checkpoint.NextOffset, "a checkpoint beyond the outcome position");
            Assert.IsTrue(_engines.ContainsKey(checkpoint.EngineVersion), "a checkpoint of an engine nobody kept");
            _lanes[checkpoint.Lane] = known with { Checkpoint = checkpoint };
            Checkpoints++;
        }

        Changed?.Invoke(this);
    }

    public LanePositions? Load(string lane)
    {
        lock (_lock) return _lanes.GetValueOrDefault(lane);
    }

    public string? LoadEngine(string version)
    {
        lock (_lock) return _engines.GetValueOrDefault(version);
    }

    public void SaveEngine(string version, string json)
    {
        lock (_lock) _engines[version] = json;
    }

    public string Fix(string name, string value)
    {
        lock (_lock) return _fixed.TryGetValue(name, out var stands) ? stands : _fixed[name] = value;
    }

    public IReadOnlyList<LanePositions> Lanes()
    {
        lock (_lock) return [.. _lanes.Values];
    }

    public MemoryLaneStore Copy()
    {
        lock (_lock)
        {
            var copy = new MemoryLaneStore { Commits = Commits, Checkpoints = Checkpoints };
            foreach (var (k, v) in _lanes) copy._lanes[k] = v;
            foreach (var (k, v) in _engines) copy._engines[k] = v;
            foreach (var (k, v) in _fixed) copy._fixed[k] = v;
            foreach (var (k, v) in Alerts) copy.Alerts[k] = v;
            copy.Written.AddRange(Written);
            copy.Decisions.UnionWith(Decisions);
            copy.Rejections.UnionWith(Rejections);
            return copy;
        }
    }

    private void Write(Outcome outcome)
    {
        foreach (var alert in outcome.Alerts)
        {
            if (Alerts.TryGetValue(alert.Id, out var known) && known.Revision >= alert.Revision) continue;
            Alerts[alert.Id] = (alert.Revision, JsonSerializer.Serialize(alert, CoreJson.Default.Alert));
            Written.Add($"alert {alert.RevisionId} {Alerts[alert.Id].Json}");
        }

        foreach (var decision in outcome.Decisions)
            if (Decisions.Add(decision.Id)) Written.Add($"decision {JsonSerializer.Serialize(decision, CoreJson.Default.Decision)}");
    }
}
