using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tables;
using AnomalyDetect.Core.Tracing;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Detectors;

/// <summary>A principal whose closed minute deviates. <paramref name="Z"/> is what it is rated by: of the minute, or of the spell it ends.</summary>
/// <param name="Why">The same in words, where somebody follows it.</param>
internal readonly record struct Risen(int Cell, Deviation Judged, double Z, string? Why, bool IsNew);

/// <summary>
/// The principals of a tenant and what an active minute of theirs usually holds. Idle minutes do not count, and only rises do: a person who goes home is no
/// anomaly. One minute's burst says little; a spell of busy minutes says more, and is summed up as it goes (cumulative sum, Page, Biometrika 41, 1954).
/// </summary>
internal sealed class PrincipalRates(TenantScope scope)
{
    private const double Allowance = 1; // σ a minute that add nothing to a spell
    private const double SpellScale = 3; // a spell's sum ÷ this is comparable with a minute's σ
    private const int SpellGap = 5; // minutes after which a spell is over
    private const double MostPerMinute = 6;
    private const int WeekMinutes = 7 * 24 * 60;
    private const double NewWeight = 0.6;

    internal struct Principal : IEvictable
    {
        public CountBaseline Login, ApiCall, Delegation;
        public float Spell; // of API calls: σ summed up
        public float SpellPeak;
        public float UsualSpell; // what earlier spells came to
        public int SpellMinute; // whole minutes since 0001; good for four thousand years
        public int Since; // minute of the first event
        public long ActiveAt; // of the newest event that is not a failed login, which anybody can make

        public long LastSeen { get; set; }

        public readonly bool Established => ApiCall.Windows >= 60;

        public readonly bool IsYoung(long minute) => minute - Since < BusiestPrincipals.Young;
    }

    // A principal's features stand under its index, so they are paid for with its place.
    private readonly KeyedTable<SymbolKey, Principal> _table = new(
        scope.Options.Detection.Limits.Principals, TimeSpan.FromDays(30).Ticks, scope.Memory.Of(TablePart.Principals), BehaviourDetector.FeatureBytes(scope));
    private readonly TailEstimate[] _tails = new TailEstimate[MinuteWindow.PrincipalKinds];
    private readonly double[] _tests = new double[MinuteWindow.PrincipalKinds]; // mean per minute
    private readonly List<double> _peaks = []; // of the window being closed
    private int _minutes;

    public int Count => _table.Count;

    public long Evictions => _table.Evictions;

    public long Bytes => _table.Bytes;

    public long BytesAt(int principals) => _table.BytesAt(principals);

    /// <summary>Event time (ticks) of the newest event a principal itself made; 0 when it is not known.</summary>
    public long LastActiveOf(Symbol principal) => _table.Find(new SymbolKey(principal)) is >= 0 and var index ? _table.At(index).State.ActiveAt : 0;

    public void Fetch(Symbol principal) => _table.Fetch(principal.Hash);

    public int IndexOf(Symbol principal) => _table.Find(new SymbolKey(principal));

    public bool IsEstablished(int index) => _table.At(index).State.Established;

    /// <summary>The principal's index, for <see cref="MinuteWindow"/>.</summary>
    /// <param name="proven">It was the principal that did it, as far as that can be known.</param>
    /// <returns>The name too, as it is kept: so that there is one of it in memory.</returns>
    public (int Index, Symbol Name) Note(Symbol principal, long time, bool proven)
    {
        var index = _table.FindOrAdd(new SymbolKey(principal), time, out _);
        ref var entry = ref _table.At(index);
        ref var state = ref entry.State;
        if (state.Since == 0) state.Since = (int)(time / TimeSpan.TicksPerMinute);
        if (time > state.LastSeen) state.LastSeen = time;
        if (proven && time > state.ActiveAt) state.ActiveAt = time;
        return (index, entry.Key.Symbol);
    }

    /// <summary>The cell's principal is there still; otherwise it was evicted meanwhile.</summary>
    private static bool IsOf(in KeyedTable<SymbolKey, Principal>.Entry entry, in MinuteWindow.Cell cell) => entry.Used && entry.Key.Symbol.Equals(cell.Principal);

    /// <summary>What a minute of the principal usually holds; null while too little of it is known.</summary>
    public double? UsualOf(in MinuteWindow.Cell cell, int kind, int warmUp)
    {
        ref var entry = ref _table.At(cell.Index);
        if (!IsOf(entry, cell)) return null;
        ref var baseline = ref Of(ref entry.State, kind);
        return baseline.Windows < warmUp ? null : baseline.Mean;
    }

    /// <summary>
    /// It is somebody hardly seen, and what it does is within what newcomers are seen to do. So it is no ground to think that the tenant is under attack: every nightly job is new once.
    /// </summary>
    /// <param name="allowed">What any newcomer may make, whatever newcomers elsewhere do.</param>
    public bool IsOrdinaryNewcomer(in MinuteWindow.Cell cell, int kind, RateOptions options, double allowed)
    {
        ref var entry = ref _table.At(cell.Index);
        if (!IsOf(entry, cell)) return false;
        ref var baseline = ref Of(ref entry.State, kind);
        return baseline.Windows < options.WarmUpWindows
            && (cell.Of(kind) <= allowed || (scope.Rates is { } priors && NewWeight * baseline.JudgeNew(cell.Of(kind), priors[kind]).Z <= options.Sigmas));
    }

    private AlertBudget Budget(int kind) => new(scope.Signals.Budget, _tails[kind], Math.Max(1, _tests[kind]) * WeekMinutes);

    /// <summary>Judges every principal active in a closed minute, then learns it.</summary>
    /// <param name="judgesNew">Newcomers are held against the prior, where there is one; not before the tenant itself is known, for at first everybody is one.</param>
    /// <returns>What an alert about those that rose must be rarer than.</returns>
    public AlertBudget Close(MinuteWindow window, int kind, RateOptions options, bool judgesNew, List<Risen> risen)
    {
        var cells = window.Cells;
        var tests = 0;
        _peaks.Clear();
        for (var i = 0; i < cells.Length; i++)
        {
            ref readonly var cell = ref cells[i];
            var count = cell.Of(kind);
            ref var entry = ref _table.At(cell.Index);
            if (!IsOf(entry, cell)) continue;
            ref var baseline = ref Of(ref entry.State, kind);
            var isNew = baseline.Windows < options.WarmUpWindows;
            if (!options.Enabled || (isNew && !(judgesNew && scope.Rates is not null)))
            {
                baseline.Learn(count, 1, 1, options.Sigmas);
                continue;
            }

            tests++;
            var judged = isNew ? baseline.JudgeNew(count, scope.Rates![kind]) : baseline.Judge(count, 1);
            // Most minutes hold too little to be told, and continue no spell.
            var z = isNew ? RateNew(judged, count, options)
                : count >= options.MinimumCount || (kind == (int)RateKind.ApiCall && entry.State.Spell > 0) ? Rate(ref entry.State, judged, kind, (int)window.Minute) : 0;
            var why = scope.Trace is null || (z <= options.Sigmas && !scope.Trace.IsClosing) ? null : WindowNotes.Spell(judged.Z, kind == (int)RateKind.ApiCall && !entry.State.IsYoung(window.Minute) ? entry.State.Spell : 0, entry.State.UsualSpell, SpellScale);
            var trace = scope.Trace is { IsClosing: true } && count > 0 && cell.Principal!.Equals(scope.Trace.Principal) ? scope.Trace : null;
            trace?.Note(
                TraceStep.Baseline,
                $"{Names.Of(RateDetector.SignalOf(kind))} of principal {cell.Principal!.Text}: {LaneTrace.Number(count)} in the minute, where {LaneTrace.Number(judged.Expected)} were expected ({baseline.Windows} active minutes): {LaneTrace.Number(judged.Z)}σ, {(count >= options.MinimumCount && z > options.Sigmas ? "a finding" : "no finding")} at {LaneTrace.Number(options.Sigmas)}σ and {options.MinimumCount}; rated by {AlertNotes.Of(Budget(kind).Rate(z, why))}");
            if (count >= options.MinimumCount && z > options.Sigmas) risen.Add(new Risen(i, judged, z, why, isNew));
            if (trace is not null)
                WindowNotes.Learned(trace, $"{Names.Of(RateDetector.SignalOf(kind))} of the principal", z <= TailEstimate.Threshold ? null : WhyHeld(cell.Principal!, kind, window.Minute), judged.Z, options.Sigmas);
            if (z <= TailEstimate.Threshold || !IsHeld(cell.Principal!, kind, window.Minute)) baseline.Learn(count, 1, 1, options.Sigmas);
        }

        // Only now: no window is judged by a tail that has learned from it.
        var budget = risen.Count > 0 ? Budget(kind) : default;
        foreach (var z in _peaks) _tails[kind].Learn(z);
        _tails[kind].LearnOrdinary(tests - _peaks.Count);
        if (kind == 0) _minutes = Math.Min(_minutes + 1, WeekMinutes);
        _tests[kind] += (tests - _tests[kind]) / Math.Max(1, _minutes);
        return budget;
    }

    /// <summary>The principal's own minutes under an open alert are not learned, until the alert has lasted.</summary>
    private bool IsHeld(Symbol principal, int kind, long minute) =>
        scope.Alerts.Holds(RateDetector.SignalOf(kind), new Entity(EntityKind.Principal, principal.Text), minute * TimeSpan.TicksPerMinute);

    private string? WhyHeld(Symbol principal, int kind, long minute) =>
        scope.Alerts.WhyHeld(RateDetector.SignalOf(kind), new Entity(EntityKind.Principal, principal.Text), minute * TimeSpan.TicksPerMinute);

    /// <summary>Of somebody hardly seen: what is usual of others says less.</summary>
    private double RateNew(in Deviation judged, int count, RateOptions options)
    {
        if (count < options.MinimumCount) return 0;
        var z = NewWeight * judged.Z;
        if (z > TailEstimate.Threshold) _peaks.Add(z);
        return z;
    }

    /// <summary>What the minute is rated by: its own deviation, or the spell's. A spell is one peak of the tail, however long, and counts when it is over.</summary>
    private double Rate(ref Principal principal, in Deviation judged, int kind, int minute)
    {
        var z = judged.Z;
        if (z > TailEstimate.Threshold) _peaks.Add(z);
        if (kind != (int)RateKind.ApiCall) return z;
        var spell = AddToSpell(ref principal, z, minute, out var ended) / SpellScale;
        if (ended > TailEstimate.Threshold * SpellScale) _peaks.Add(ended / SpellScale);
        return Math.Max(z, spell);
    }

    /// <summary>
    /// What a spell has come to, beyond what earlier spells of the same principal came to: a job that is long every night is no news. Before it can have come twice, what
    /// comes is taken for usual.
    /// </summary>
    /// <param name="ended">The same of the spell before, if that is over.</param>
    private static double AddToSpell(ref Principal principal, double z, int minute, out double ended)
    {
        ended = 0;
        var isYoung = principal.IsYoung(minute);
        if (minute - principal.SpellMinute > SpellGap) principal.Spell = 0;
        principal.SpellMinute = minute;
        if (principal.Spell == 0)
        {
            // Half way to the last one where it was longer, so that one attack makes nothing usual.
            var news = principal.SpellPeak - principal.UsualSpell;
            if (news > 0 && isYoung) principal.UsualSpell = principal.SpellPeak;
            else if (news > 0) (ended, principal.UsualSpell) = (news, principal.UsualSpell + (news / 2));

            principal.SpellPeak = 0;
        }

        principal.Spell = (float)Math.Max(0, principal.Spell + Math.Min(z, MostPerMinute) - Allowance);
        principal.SpellPeak = Math.Max(principal.SpellPeak, principal.Spell);
        return isYoung ? 0 : principal.Spell - principal.UsualSpell;
    }

    private static ref CountBaseline Of(ref Principal principal, int kind)
    {
        switch (kind)
        {
            case 0: return ref principal.Login;
            case 1: return ref principal.ApiCall;
            default: return ref principal.Delegation;
        }
    }

    /// <summary>What is known of each principal's minutes.</summary>
    public void Collect(Outcome outcome)
    {
        for (var i = 0; i < _table.HighIndex; i++)
        {
            ref var entry = ref _table.At(i);
            if (!entry.Used) continue;
            for (var kind = 0; kind < MinuteWindow.PrincipalKinds; kind++)
            {
                ref var baseline = ref Of(ref entry.State, kind);
                if (baseline.Windows > 0) outcome.Rates.Add(new LearnedRate(scope.Tenant.Text, entry.Key.Symbol.Text, kind, baseline.Mean, baseline.Dispersion, baseline.Windows));
            }
        }
    }

    public void Save(StateWriter writer)
    {
        writer.Raw<TailEstimate>(_tails);
        writer.Raw<double>(_tests);
        writer.Int(_minutes);
        _table.Save(writer, static (w, entry) =>
        {
            w.Symbol(entry.Key.Symbol);
            w.Raw(entry.State.Login);
            w.Raw(entry.State.ApiCall);
            w.Raw(entry.State.Delegation);
            w.Raw((entry.State.Spell, entry.State.SpellPeak, entry.State.UsualSpell, entry.State.SpellMinute, entry.State.Since));
            w.Long(entry.State.LastSeen);
            w.Long(entry.State.ActiveAt);
        });
    }

    public void Load(ref StateReader reader)
    {
        reader.Raw(_tails.AsSpan());
        reader.Raw(_tests.AsSpan());
        _minutes = reader.Int();
        _table.Load(ref reader, static (ref StateReader r, ref KeyedTable<SymbolKey, Principal>.Entry entry) =>
        {
            entry.Key = new SymbolKey(r.Symbol());
            entry.State = new Principal { Login = r.Raw<CountBaseline>(), ApiCall = r.Raw<CountBaseline>(), Delegation = r.Raw<CountBaseline>() };
            (entry.State.Spell, entry.State.SpellPeak, entry.State.UsualSpell, entry.State.SpellMinute, entry.State.Since) = r.Raw<(float, float, float, int, int)>();
            entry.State.LastSeen = r.Long();
            entry.State.ActiveAt = r.Long();
        });
    }
}
