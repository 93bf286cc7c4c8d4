using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tables;
using AnomalyDetect.Core.TimeSeries;
using AnomalyDetect.Core.TimeSeries.Ensemble;
using AnomalyDetect.Core.Tracing;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Detectors;

/// <summary>
/// <c>ml_spike</c> of a tenant's busiest principals, mostly services: their API calls leave the pattern of their own past, by the judgement of
/// <see cref="SeriesEnsemble"/>. Bounded: who is busy for the most minutes of a day has a place, so that bursts, however large, take nobody's.
/// </summary>
internal sealed class BusiestPrincipals
{
    /// <summary>Minutes in which what a principal does once a day cannot be counted on to have come twice.</summary>
    public const int Young = 36 * 60;

    private const int LeastPerMinute = 10; // calls that make a minute busy: people make fewer
    private const int LeastMinutes = 30; // busy ones before a place is given
    private const int Candidates = 32;

    private sealed class Place(Symbol principal, SeriesEnsembleOptions series)
    {
        public readonly ISeriesDetector Series = new SeriesEnsemble(series);
        public Symbol Principal = principal;
        public CountLevel Level; // of calls
        public double Observed; // of the open window
        public double Busy; // minutes, of today and half of those before
        public long Since; // first window's first minute
    }

    private readonly TenantScope _scope;
    private readonly MlSpikeOptions _options;
    private readonly int _minutes;
    private readonly List<Place> _places = [];
    private readonly SketchCounter<SymbolKey>[] _candidates = new SketchCounter<SymbolKey>[Candidates];
    private TailEstimate _tail = new(TailPrior.Usual);
    private InfoAllowance _info;
    private ulong[] _hashes = []; // of the places' principals
    private long _first, _hour; // first minute of the open window; the hour it is in
    private int _closed; // minutes of the open window
    private int _used; // candidates

    public BusiestPrincipals(TenantScope scope)
    {
        (_scope, _options) = (scope, scope.Signals.MlSpike);
        _minutes = (int)_options.Window.TotalMinutes;
    }

    private SeriesEnsembleOptions Series => SeriesSettings.OptionsOf(_scope.Options.Model?.Series, SeriesKind.PrincipalApiCalls);

    private static long PlaceBytes { get; } = new SeriesEnsemble(new SeriesEnsembleOptions()).Bytes + 120;

    public long Bytes => 200 + (Candidates * 24L) + (_places.Count * PlaceBytes);

    public long MostBytes => 200 + (Candidates * 24L) + (_options.Enabled ? _options.BusiestPrincipals * PlaceBytes : 0);

    /// <summary>To be called for every closed minute in order, once its rates are judged. Minutes nobody closed make their window a gap.</summary>
    /// <param name="window">Null: nobody did anything.</param>
    public void Close(long minute, MinuteWindow? window, Outcome outcome)
    {
        if (!_options.Enabled || _options.BusiestPrincipals == 0) return;
        var first = minute - (minute % _minutes);
        if (_first != first) Open(first);
        _closed++;
        if (window is not null) Count(window);
        if (minute + 1 < first + _minutes || _closed < _minutes) return;
        foreach (var place in _places) Judge(place, outcome);
        if (minute / 60 == _hour) return;
        Compete((minute / (24 * 60)) != (_hour * 60 / (24 * 60)));
        _hour = minute / 60;
    }

    private void Open(long first)
    {
        (_first, _closed) = (first, 0);
        foreach (var place in _places) place.Observed = 0;
    }

    private void Count(MinuteWindow window)
    {
        foreach (ref readonly var cell in window.Cells)
        {
            if (cell.ApiCall == 0) continue;
            var busy = cell.ApiCall >= LeastPerMinute;
            if (_hashes.AsSpan().IndexOf(cell.Principal!.Hash) is var index and >= 0)
            {
                _places[index].Observed += cell.ApiCall;
                if (busy) _places[index].Busy++;
            }
            else if (busy) SpaceSaving.Add<SymbolKey>(_candidates, ref _used, new SymbolKey(cell.Principal), 1);
        }
    }

    /// <summary>Whoever was busy for longer than the least busy of the places takes it, and begins anew.</summary>
    private void Compete(bool dayIsOver)
    {
        var changed = false;
        foreach (var candidate in _candidates.AsSpan(0, _used).ToArray().Where(c => c.Sure >= LeastMinutes).OrderByDescending(c => c.Sure).ThenBy(c => c.Key.Hash))
        {
            if (_places.Count >= _options.BusiestPrincipals)
            {
                var least = _places.MinBy(p => p.Busy)!;
                if (least.Busy >= candidate.Sure) break;
                _places.Remove(least);
            }

            _places.Add(new Place(candidate.Key.Symbol, Series) { Busy = candidate.Sure, Since = _first + _minutes });
            changed = true;
        }

        if (changed) Index();
        if (!changed && !dayIsOver) return;
        Array.Clear(_candidates);
        _used = 0;
        if (!dayIsOver) return;
        foreach (var place in _places) place.Busy /= 2;
    }

    private void Index() => _hashes = [.. _places.Select(p => p.Principal.Hash)];

    private void Judge(Place place, Outcome outcome)
    {
        var verdict = place.Series.Observe(_first * TimeSpan.TicksPerMinute, place.Observed);
        var end = (_first + _minutes) * TimeSpan.TicksPerMinute;
        var entity = new Entity(EntityKind.Principal, place.Principal.Text);
        var judged = place.Level.Judge(place.Observed);
        var known = place.Level.IsKnown;
        var trace = _scope.Trace is { } t && t.FollowsWindow(_scope.Tenant, _first, _minutes) && place.Principal.Equals(t.Principal) ? t : null;
        trace?.Note(
            TraceStep.Baseline,
            $"ml_spike: {_minutes} min of principal {entity.Id}, one of the tenant's busiest, held {LaneTrace.Number(judged.Observed)} API calls, where {LaneTrace.Number(judged.Expected)} were expected; the series detectors give {LaneTrace.Number(verdict.Score)}, and alert from 0.5 on");
        var held = _scope.Alerts.TeachingOf(entity, end) == Teaching.Held;
        if (known && verdict.Alert && judged.Z >= TailEstimate.Threshold)
        {
            if (_scope.Alerts.Find(Signal.ApiCallRate, entity, end) is null && _scope.Alerts.Find(Signal.MlSpike, entity, end) is not { Contributions.Count: > 0 }) Report(place, entity, judged, end, outcome);
            else trace?.Note(TraceStep.Finding, "ml_spike: not told, for another alert about the principal tells it already");
        }

        if (held) return;
        if (known) _tail.Learn(judged.Z);
        place.Level = place.Level.Learn(place.Observed);
    }

    private void Report(Place place, Entity entity, in Deviation judged, long end, Outcome outcome)
    {
        var rarity = new AlertBudget(_scope.Signals.Budget, _tail, _places.Count * 7 * 24 * 60.0 / _minutes).Rate(judged.Z).AtMost(Severity.Medium, BehaviourNotes.ModelAlone);
        if ((end / TimeSpan.TicksPerMinute) - place.Since < Young) rarity = rarity.AtMost(Severity.Low, "what it does once a day may not have come twice yet");
        var seen = new Observation(end, _first * TimeSpan.TicksPerMinute, end, judged.Observed, judged.Expected, judged.Limit(3), judged.Z, rarity.Severity);
        if (_scope.Alerts.Raise(ref _info, _scope.Signals.Budget.InfoPerDay, Signal.MlSpike, entity, seen, outcome) is not { } episode) return;
        (episode.Rarity, episode.Detail, episode.Principal) = (rarity, "API calls", entity.Id);
        episode.Baseline = new BaselineSummary(BaselineState.Active, place.Level.Windows, new DateTime(place.Since * TimeSpan.TicksPerMinute, DateTimeKind.Utc));
        episode.AddDriver(entity);
        foreach (var id in _scope.SamplesOf?.Invoke([entity.Id], seen.WindowStart) ?? []) episode.AddEvent(id);
        _scope.Alerts.Tell(episode, outcome);
    }

    public void Save(StateWriter writer)
    {
        writer.Int(_minutes);
        _info.Save(writer);
        writer.Raw(_tail);
        writer.Raw((_first, _hour, _closed));
        writer.Int(_used);
        foreach (ref readonly var candidate in _candidates.AsSpan(0, _used))
        {
            writer.Symbol(candidate.Key.Symbol);
            writer.Raw((candidate.Count, candidate.Error));
        }

        writer.Int(_places.Count);
        foreach (var place in _places)
        {
            writer.Symbol(place.Principal);
            writer.Raw((place.Level.Mean, place.Level.Square, place.Observed, place.Busy, place.Since, place.Level.Windows));
            place.Series.Save(writer);
        }
    }

    /// <summary>What was saved under another window is read past, as are places there are no more of.</summary>
    public void Load(ref StateReader reader)
    {
        var same = reader.Int() == _minutes;
        _info = InfoAllowance.Load(ref reader);
        _tail = reader.Raw<TailEstimate>();
        (_first, _hour, _closed) = reader.Raw<(long, long, int)>();
        for (var (i, left) = (0, reader.Count()); i < left; i++)
        {
            var candidate = new SketchCounter<SymbolKey> { Key = new SymbolKey(reader.Symbol()) };
            (candidate.Count, candidate.Error) = reader.Raw<(int, int)>();
            if (i >= Candidates) throw new InvalidDataException("a sketch in the lane checkpoint has an impossible size");
            _candidates[_used++] = candidate;
        }

        for (var left = reader.Count(); left > 0; left--)
        {
            var place = new Place(reader.Symbol(), Series);
            (var mean, var square, place.Observed, place.Busy, place.Since, var windows) = reader.Raw<(double, double, double, double, long, int)>();
            place.Level = new CountLevel(mean, square, windows);
            place.Series.Load(ref reader);
            if (same && _places.Count < _options.BusiestPrincipals) _places.Add(place);
        }

        if (!same) _first = 0;
        Index();
    }
}
