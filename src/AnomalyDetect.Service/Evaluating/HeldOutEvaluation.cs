using System.Diagnostics;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Multivariate;

namespace AnomalyDetect.Service.Evaluating;

/// <summary>What one model makes of the held-out windows, after it has seen some days before them.</summary>
internal sealed class HeldOutEvaluation(BehaviourModel model, BudgetOptions budget)
{
    /// <summary>Of a tail's probabilities.</summary>
    public static readonly double[] Probabilities = [0.01, 0.003, 0.001, 0.0001];

    private readonly HistoryJudge _judge = new(model, budget);
    private readonly long[] _rarer = new long[Probabilities.Length];
    private long _known;
    private long _ticks;
    private long _rows;

    /// <summary>New ones, of low severity or higher.</summary>
    public int Alerts { get; private set; }

    public int Medium { get; private set; }

    public double NanosecondsPerRow => _rows == 0 ? 0 : _ticks * 1e9 / Stopwatch.Frequency / _rows;

    /// <summary>Share of the windows of known entities that were rarer.</summary>
    public double Rarer(int level) => _known == 0 ? 0 : (double)_rarer[level] / _known;

    public void EndHistory() => _judge.EndHistory();

    /// <param name="counts">False while it is only to become known who is who, and of windows under a confirmed attack.</param>
    public void Add(IReadOnlyList<(FeatureRow Row, bool Counts)> rows)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var (row, counts) in rows)
        {
            var judged = _judge.Next(row);
            if (!counts) continue;
            if (judged.Severity is { } severity)
            {
                Alerts++;
                if (severity >= Severity.Medium) Medium++;
            }

            if (!judged.IsKnown) continue;
            _known++;
            for (var i = 0; i < Probabilities.Length; i++)
                if (judged.Probability <= Probabilities[i]) _rarer[i]++;
        }

        _ticks += Stopwatch.GetTimestamp() - started;
        _rows += rows.Count;
    }
}
