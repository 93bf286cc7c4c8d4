using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.TimeSeries;
using AnomalyDetect.Core.TimeSeries.Ensemble;
using AnomalyDetect.Core.Tracing;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Detectors;

/// <summary>
/// <c>ml_spike</c>: a tenant's logins or API calls leave the pattern of their own past, by the judgement of <see cref="SeriesEnsemble"/> over windows of some
/// minutes. It sees what no single minute shows, such as a level that moved a little and stayed. What a rate alert already tells is not told again.
/// </summary>
internal sealed class MlSpikeDetector
{
    private const int Kinds = 2; // logins and API calls
    private const double MostSquare = 9; // of an error in σ, where the dispersion learns

    /// <summary>The window being filled, of one kind.</summary>
    private struct Open
    {
        public double Observed, Expected, Dispersion;
        public long FirstMinute;
        public int Minutes;
    }

    private readonly TenantScope _scope;
    private readonly MlSpikeOptions _options;
    private readonly int _minutes;
    private readonly ISeriesDetector?[] _series = new ISeriesDetector?[Kinds]; // made when there is something to see
    private readonly Open[] _open = new Open[Kinds];
    private readonly double[] _dispersion = new double[Kinds]; // of whole windows: what comes in clumps varies more over five minutes than its minutes say
    private InfoAllowance _info;

    public MlSpikeDetector(TenantScope scope)
    {
        (_scope, _options) = (scope, scope.Signals.MlSpike);
        _minutes = (int)_options.Window.TotalMinutes;
    }

    public long Bytes => 200 + _series.Sum(s => s?.Bytes ?? 0);

    /// <summary>Once there is something to see of each kind.</summary>
    public long MostBytes => _options.Enabled ? 200 + (Kinds * new SeriesEnsemble(new SeriesEnsembleOptions()).Bytes) : Bytes;

    /// <summary>A minute was closed and judged; to be called for every closed minute in order. Minutes nobody closed make their window a gap.</summary>
    public void Close(int kind, long minute, double count, in Deviation judged, TenantRate rate, Outcome outcome)
    {
        if (!_options.Enabled || kind >= Kinds) return;
        ref var open = ref _open[kind];
        var first = minute - (minute % _minutes);
        if (open.FirstMinute != first) open = new Open { FirstMinute = first };
        open.Observed += count;
        open.Expected += judged.Expected;
        open.Dispersion = Math.Max(open.Dispersion, judged.Dispersion);
        open.Minutes++;
        if (minute + 1 < first + _minutes || open.Minutes < _minutes) return;
        open.Dispersion = Math.Max(open.Dispersion, _dispersion[kind]);
        LearnDispersion(ref _dispersion[kind], open);
        if (_series[kind] is null)
        {
            if (open.Observed == 0) return;
            _series[kind] = NewSeries(kind);
        }

        var end = (minute + 1) * TimeSpan.TicksPerMinute;
        var verdict = _series[kind]!.Observe(first * TimeSpan.TicksPerMinute, open.Observed);
        var trace = _scope.Trace is { } t && t.FollowsWindow(_scope.Tenant, first, _minutes) ? t : null;
        trace?.Note(
            TraceStep.Baseline,
            $"ml_spike: the tenant's {_minutes} min held {LaneTrace.Number(open.Observed)} {NameOf(kind)}, where {LaneTrace.Number(open.Expected)} were expected; the series detectors give {LaneTrace.Number(verdict.Score)}, and alert from 0.5 on");
        if (!verdict.Alert) return;
        var (closing, why) = (trace?.IsClosing, WhySilent(kind, open, end));
        if (trace is not null) trace.IsClosing = true;
        if (why is null) Report(kind, open, end, rate, outcome);
        else trace?.Note(TraceStep.Finding, $"ml_spike: not told, for {why}");
        if (trace is not null) trace.IsClosing = closing!.Value;
    }

    private static string NameOf(int kind) => kind == (int)RateKind.Login ? "logins" : "API calls";

    private ISeriesDetector NewSeries(int kind) =>
        new SeriesEnsemble(SeriesSettings.OptionsOf(_scope.Options.Model?.Series, kind == (int)RateKind.Login ? SeriesKind.Logins : SeriesKind.ApiCalls));

    /// <summary>Null: it is to be reported.</summary>
    private string? WhySilent(int kind, in Open open, long end)
    {
        var entity = new Entity(EntityKind.Tenant, _scope.Tenant.Text);
        if (_scope.Alerts.Find(RateDetector.SignalOf(kind), entity, end) is not null) return "a rate alert of the tenant tells it already";
        if (_scope.Alerts.Find(Signal.MlSpike, entity, end) is { Contributions.Count: > 0 }) return "an alert by many features is open";
        // In a very regular series the least thing is news; in counts it takes more than their noise as well.
        return Math.Abs(new Deviation(open.Observed, open.Expected, open.Dispersion).Z) < TailEstimate.Threshold ? "it stands within the noise of such counts" : null;
    }

    private static void LearnDispersion(ref double dispersion, in Open open)
    {
        var expected = Math.Max(1, open.Expected);
        var error = open.Observed - open.Expected;
        var square = Math.Min(error * error / expected, MostSquare * open.Dispersion);
        dispersion = dispersion == 0 ? open.Dispersion : dispersion + ((square - dispersion) / CountBaseline.DispersionMemory);
    }

    private void Report(int kind, in Open open, long end, TenantRate rate, Outcome outcome)
    {
        var entity = new Entity(EntityKind.Tenant, _scope.Tenant.Text);
        var judged = new Deviation(open.Observed, open.Expected, open.Dispersion);
        var confidence = rate.Confidence(open.FirstMinute);
        var rarity = new AlertBudget(_scope.Signals.Budget, rate.Tail, 7 * 24 * 60.0 / _minutes)
            .Rate(judged.Z * confidence, _scope.Trace is null ? null : WindowNotes.Confidence(judged.Z, confidence));
        var seen = new Observation(
            end, open.FirstMinute * TimeSpan.TicksPerMinute, end, judged.Observed, judged.Expected, judged.Limit(Math.Sign(judged.Z) * 3), judged.Z, rarity.Severity);
        if (_scope.Alerts.Raise(ref _info, _scope.Signals.Budget.InfoPerDay, Signal.MlSpike, entity, seen, outcome) is not { } episode) return;
        episode.Rarity = rarity;
        episode.Detail = NameOf(kind);
        if (episode.Peak == seen) episode.Contributors = judged.Z > 0 ? _scope.Leaders?.Invoke((RateKind)kind, seen.WindowStart, seen.WindowEnd, judged.Observed) ?? [] : [];
        foreach (var id in _scope.SamplesOf?.Invoke(episode.Contributors.Principals(), seen.WindowStart) ?? []) episode.AddEvent(id);
        (episode.Plot, episode.Baseline) = ((RateKind)kind, rate.ToSummary(open.FirstMinute));
        _scope.Alerts.Tell(episode, outcome);
    }

    public void Save(StateWriter writer)
    {
        _info.Save(writer);
        writer.Int(_minutes);
        for (var kind = 0; kind < Kinds; kind++)
        {
            writer.Raw(_open[kind]);
            writer.Double(_dispersion[kind]);
            writer.Bool(_series[kind] is not null);
            _series[kind]?.Save(writer);
        }
    }

    /// <summary>What was saved under another window is read past: a series of other steps is another series.</summary>
    public void Load(ref StateReader reader)
    {
        _info = InfoAllowance.Load(ref reader);
        var same = reader.Int() == _minutes;
        for (var kind = 0; kind < Kinds; kind++)
        {
            var (open, dispersion) = (reader.Raw<Open>(), reader.Double());
            if (same) (_open[kind], _dispersion[kind]) = (open, dispersion);
            if (!reader.Bool()) continue;
            var series = NewSeries(kind);
            series.Load(ref reader);
            if (same) _series[kind] = series;
        }
    }
}
