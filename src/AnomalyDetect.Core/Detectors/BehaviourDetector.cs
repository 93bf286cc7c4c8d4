using System.Numerics;
using System.Runtime.CompilerServices;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.Tables;
using AnomalyDetect.Core.Tracing;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Detectors;

/// <summary>
/// <c>ml_spike</c> over many features at once: what a principal, or the tenant, did in a closed window, held against its own usual and against which things
/// usually go together, by a trained <see cref="BehaviourModel"/>. It sees what no single count shows: the usual number of calls, but each to another object
/// and by night. A model's word alone is never more than medium, so that it enforces nothing; and what another alert about the same entity tells already is
/// not told again.
/// </summary>
internal sealed partial class BehaviourDetector
{
    public const int DefaultMinutes = 5;

    private readonly TenantScope _scope;
    private readonly RateDetector _rates;
    private readonly BehaviourModel? _model;
    private readonly int _minutes;
    private readonly TableShare _share;
    private FeatureWindow[]? _open; // once there is something to see
    private FeatureWindow? _current; // used last,
    private long _currentFrom; // and its beginning (ticks)
    private TenantStanding? _standing;
    private PrincipalFeatures[] _own = []; // by index in the tenant's principal table
    private double _tests; // principals judged a window, mean
    private int _windows;
    private long _next = long.MinValue; // first window not yet closed
    private long _last; // newest with any event

    public BehaviourDetector(TenantScope scope, RateDetector rates)
    {
        (_scope, _rates) = (scope, rates);
        _model = scope.Signals.MlSpike is { Enabled: true, Multivariate: true } ? scope.Options.Model : null;
        _minutes = _model?.WindowMinutes ?? DefaultMinutes;
        scope.Leaders = LeadersOf;
        scope.SamplesOf = SamplesOf;
        _share = scope.Memory.Of(scope.IsShadow ? TablePart.ShadowWindows : TablePart.Windows);
        if (IsOn) _share.Begin(OpenWindows * FeatureWindow.LeastCost, OpenWindows * FeatureWindow.CostEach);
    }

    /// <summary>What a principal's features take, of the model and of its shadow.</summary>
    public static int FeatureBytes(TenantScope scope) =>
        Unsafe.SizeOf<PrincipalFeatures>() * ((scope.Options.Model is not null || scope.CollectsFeatures ? 1 : 0) + (scope.Options.Shadow is not null ? 1 : 0));

    /// <summary>Without a model, and nobody who collects features to train one, there is nothing to do.</summary>
    public bool IsOn => _model is not null || _scope.CollectsFeatures;

    /// <summary>When the next window ends (ticks): nothing is to be closed before the watermark is there.</summary>
    public long NextClose => _open is null || _next > _last ? long.MaxValue : (_next + 1) * Span;

    public long Bytes => (_open?.Sum(w => w.Bytes) ?? 0) + ((long)_own.Length * Unsafe.SizeOf<PrincipalFeatures>()) + (_standing is null ? 0 : TenantStanding.Bytes);

    /// <summary>Of the tenant itself, once there was something to see.</summary>
    public long OwnMostBytes => IsOn ? TenantStanding.Bytes : 0;

    public long PrincipalBytesAt(int principals) => IsOn ? (long)OwnLength(principals) * Unsafe.SizeOf<PrincipalFeatures>() : 0;

    public long WindowBytesAt(int active) => IsOn ? OpenWindows * FeatureWindow.BytesAt(active) : 0;

    /// <summary>No longer than the table of principals, which pays for it.</summary>
    private int OwnLength(int principals) => Math.Max(principals, (int)Math.Min(_scope.Options.Detection.Limits.Principals, BitOperations.RoundUpToPowerOf2((uint)principals)));

    /// <summary>Between the watermark and the newest time an event may have.</summary>
    private int OpenWindows => (int)(_scope.Lateness / Span) + 2;

    private long Span => _minutes * TimeSpan.TicksPerMinute;

    private double WindowsPerWeek => 7 * 24 * 60.0 / _minutes;

    /// <param name="index">The principal's index in the tenant's table; negative when it is not there, or nobody proved to be it.</param>
    public void Observe(in TelemetryEvent e, long time, int index)
    {
        var isCurrent = _current is { Number: not 0 } && (ulong)(time - _currentFrom) < (ulong)Span;
        (isCurrent ? _current! : Find(time)).Add(e, index < 0 ? null : e.Principal, index);
    }

    private FeatureWindow Find(long time)
    {
        var number = time / Span;
        _open ??= Begin(number);
        if (_next > _last) _next = Math.Max(_next, _scope.Watermark / Span);
        var window = PlaceOf(number);
        if (window.Number != number) window.Open(number);
        _last = Math.Max(_last, number);
        (_current, _currentFrom) = (window, number * Span);
        return window;
    }

    /// <summary>Where the window of this number stands while it is open.</summary>
    private FeatureWindow PlaceOf(long number) => _open![(int)(number % _open.Length)];

    private FeatureWindow NewWindow() => new(_scope.Options.Detection.Limits.Principals, _share);

    private FeatureWindow[] Begin(long number)
    {
        var open = new FeatureWindow[OpenWindows];
        for (var i = 0; i < open.Length; i++) open[i] = NewWindow();
        _next = number - open.Length + 1;
        _last = number;
        _standing = new TenantStanding(_model, _minutes);
        return open;
    }

    /// <summary>Gives back what windows that are over held.</summary>
    public void Trim()
    {
        foreach (var window in _open ?? []) window.Trim();
    }

    /// <summary>Closes the next window, which has ended.</summary>
    public void Close(Outcome outcome)
    {
        var number = _next++;
        var window = PlaceOf(number);
        if (window.Number != number) return; // nothing happened in it
        if (_scope.Trace is { } trace) trace.IsClosing = trace.FollowsWindow(_scope.Tenant, number * _minutes, _minutes);
        var quiet = (float)_rates.QuietHour(number * _minutes);
        var (novelties, newcomers, told) = (0, 0, false);
        var judged = 0;
        _windows = (int)Math.Min(_windows + 1, WindowsPerWeek);
        var tails = new Tails(_scope.Signals.Budget, _standing!.PrincipalTail, _standing.SpellTail, Math.Max(1, _tests) * WindowsPerWeek);
        var sum = window.Sum();
        foreach (ref readonly var cell in window.Cells)
        {
            if (!cell.IsProven) continue;
            if (cell.Index >= _own.Length) Array.Resize(ref _own, OwnLength(cell.Index + 1));
            ref var own = ref _own[cell.Index];
            own.Claim(cell.Principal!.Hash, _standing!.Population);
            var vector = cell.ToVector(sum);
            var fresh = own.Novelties(cell);
            vector[Feature.Novelties] = FeatureCell.Log(fresh);
            vector[Feature.QuietHour] = quiet;
            novelties += fresh;
            if (own.Windows == 0) newcomers++;
            if (_scope.CollectsFeatures) outcome.Collect(new FeatureRow(_scope.Tenant, cell.Principal, number * Span, vector));
            judged++;
            told |= Judge(number, cell, ref own, vector, tails, outcome);
        }

        _tests += (judged - _tests) / _windows;
        var whole = window.ToVector(sum);
        (whole[Feature.Novelties], whole[Feature.NewPrincipals], whole[Feature.QuietHour]) = (FeatureCell.Log(novelties), FeatureCell.Log(newcomers), quiet);
        if (_scope.CollectsFeatures) outcome.Collect(new FeatureRow(_scope.Tenant, null, number * Span, whole));
        JudgeTenant(number, whole, told, outcome);
        if (_standing!.Settle()) _scope.Rates = _standing.Cohort!.Rates;
        if (_scope.Trace is { } over) over.IsClosing = false;
        window.Open(0);
    }

    /// <param name="principal">Whose window; null: the tenant's.</param>
    private LaneTrace? TraceOf(long number, Symbol? principal) =>
        _scope.Trace is { } trace && trace.FollowsWindow(_scope.Tenant, number * _minutes, _minutes) && (principal is null || principal.Equals(trace.Principal)) ? trace : null;

    /// <summary>Of a window that is still open, for it closes after its minutes.</summary>
    private IReadOnlyList<Contributor> LeadersOf(RateKind kind, long from, long to, double total) =>
        _open is not null && to - from == Span && from % Span == 0 && PlaceOf(from / Span) is var window && window.Number == from / Span
            ? WindowContributors.Of(window, kind, total)
            : [];

    /// <summary>Of a window that is still open.</summary>
    private IReadOnlyList<string> SamplesOf(IReadOnlyCollection<string> principals, long time) =>
        _open is not null && PlaceOf(time / Span) is var window && window.Number == time / Span ? window.SamplesOf(principals) : [];

    /// <returns>Somebody is told of it.</returns>
    private bool Judge(
        long number, in FeatureCell cell, ref PrincipalFeatures own, in FeatureVector vector, in Tails tails, Outcome outcome)
    {
        var end = (number + 1) * Span;
        var entity = new Entity(EntityKind.Principal, cell.Principal!.Text);
        var (told, ended) = (false, default(EndedSpell));
        var judges = _standing!.Judges;
        if (judges)
        {
            var trace = TraceOf(number, cell.Principal);
            if (trace is not null) BehaviourNotes.InCommon(trace, _standing!.Population.Tide);
            var oddity = Oddity.Of(own.Standardise(vector, _standing!.Population), _standing.Cohort!.Principal.Scorer);
            var z = oddity.Score * own.Confidence;
            var isWorth = z > TailEstimate.Threshold && oddity.IsWorthTelling && !cell.IsDoubtful;
            var evidence = cell.IsDoubtful ? 0 : Evidence.Of(z);
            var spell = own.AddToSpell(number, evidence, isWorth, out ended);
            if (trace is not null)
            {
                BehaviourNotes.Judged(trace, $"principal {entity.Id}", _minutes, z, own.Windows, _scope.ModelId, _standing!.Number, _standing.Cohort!.Tenants);
                BehaviourNotes.Rated(trace, tails.OfWindows().Rate(evidence, BehaviourNotes.Weight(z), BehaviourNotes.Unit), tails.OfSpells().Rate(spell, own.ToSpellText(_minutes), BehaviourNotes.Unit));
                if (!isWorth) BehaviourNotes.NotWorth(trace, z, cell.IsDoubtful);
                else if (oddity.IsOfVolumeAlone) BehaviourNotes.OfVolumeAlone(trace);
            }

            if (isWorth)
            {
                var window = oddity.IsOfVolumeAlone ? default : Rating.Of(evidence, tails.OfWindows());
                var run = own.IsNews(spell) || _scope.Alerts.Find(Signal.MlSpike, entity, end) is not null ? Rating.Of(spell, tails.OfSpells()) : default;
                var byRun = oddity.IsOfVolumeAlone || run.Severity > window.Severity;
                var rating = byRun ? run : window;
                told = Report(
                    number, byRun ? own.SpellStart : number, entity, z, _rates.IsFirstDay(number * _minutes) ? rating.OfFirstDay() : rating, new BaselineSummary(own.State, own.Windows, Time(own.Windows == 0 ? number : own.FirstWindow)),
                    oddity, vector, own.Usual(), PlaceOf(number).SamplesOf(cell), outcome);
            }

            if (told) own.Told(spell);
        }

        var teaching = _scope.Alerts.TeachingOf(entity, end);
        if (TraceOf(number, cell.Principal) is { } learning) BehaviourNotes.Learned(learning, "the principal", _scope.Alerts.WhyHeld(null, entity, end), own.IsSuspected);
        if (teaching == Teaching.Held) return told;
        if (judges) ended.Teach(ref _standing!.PrincipalTail, ref _standing.SpellTail);
        own.Learn(number, vector, _standing!.Population, teaching == Teaching.Adopted);
        own.Remember(cell);
        return told;
    }

    private void JudgeTenant(long number, in FeatureVector vector, bool told, Outcome outcome)
    {
        var minute = number * _minutes;
        var standing = _standing!;
        var tenant = standing.Whole;
        var entity = new Entity(EntityKind.Tenant, _scope.Tenant.Text);
        if (standing.Judges)
        {
            var oddity = Oddity.Of(tenant.Standardise(vector, minute), standing.Cohort!.Tenant.Scorer);
            var state = tenant.StateAt(minute);
            var z = oddity.Score * (state == BaselineState.Learning ? TenantStanding.LearningWeight : 1);
            var evidence = Evidence.Of(z);
            if (TraceOf(number, null) is { } trace)
            {
                BehaviourNotes.Judged(trace, "the tenant", _minutes, z, tenant.Windows, _scope.ModelId, _standing!.Number, _standing.Cohort!.Tenants);
                BehaviourNotes.Rated(trace, BudgetOf(standing.TenantTail).Rate(evidence, BehaviourNotes.Weight(z), BehaviourNotes.Unit), null);
                if (told) trace.Note(TraceStep.Finding, "ml_spike: the tenant is not told of what one of its principals is told for");
                else if (!oddity.IsWorthTelling || z <= TailEstimate.Threshold) BehaviourNotes.NotWorth(trace, z, false);
            }

            // What one of its principals is told for is not the tenant's as well.
            if (z > TailEstimate.Threshold && !told && oddity.IsWorthTelling)
            {
                Report(
                    number, number, entity, z, Rating.Of(evidence, BudgetOf(standing.TenantTail)), new BaselineSummary(state, tenant.Windows, Time(tenant.Windows == 0 ? number : tenant.FirstWindow)),
                    oddity, vector, tenant.Usual(minute), [], outcome);
            }

            standing.TenantTail.Learn(evidence);
        }

        var teaching = _scope.Alerts.TeachingOf(entity, (number + 1) * Span);
        if (TraceOf(number, null) is { } learning) BehaviourNotes.Learned(learning, "the tenant", _scope.Alerts.WhyHeld(null, entity, (number + 1) * Span), false);
        if (teaching != Teaching.Held) tenant.Learn(number, vector, teaching == Teaching.Adopted);
    }

    private AlertBudget BudgetOf(in TailEstimate tenant) => new(_scope.Signals.Budget, tenant, WindowsPerWeek);

    /// <param name="first">The first window of what is rated.</param>
    private bool Report(
        long number, long first, Entity entity, double z, in Rating rating, BaselineSummary baseline, in Oddity oddity, in FeatureVector vector, in FeatureVector usual,
        IEnumerable<string> samples, Outcome outcome)
    {
        var (start, end) = (number * Span, (number + 1) * Span);
        var running = _scope.Alerts.Find(Signal.MlSpike, entity, end);
        // One that the tenant's series opened tells of something else in the same words.
        if (rating.Severity < Severity.Low || running is { Contributions.Count: 0 } || (running is null && _scope.Alerts.Explains(Signal.MlSpike, entity, start, end)))
        {
            outcome.Counters.Unreported++;
            if (_scope.Trace is { } trace && trace.Concerns(entity)) BehaviourNotes.Unreported(trace, rating.Severity);
            return false;
        }

        // Evidence of a run adds up, also by windows less odd than one before: σ and features stay that one's.
        var isOddest = running is null || first == number || z >= running.Peak.Deviation;
        var seen = new Observation(end, first * Span, end, rating.Evidence, 0, rating.Limit, isOddest ? z : running!.Peak.Deviation, rating.Severity, _scope.ModelId);
        var episode = _scope.Alerts.Raise(running, Signal.MlSpike, entity, seen, outcome);
        (episode.Baseline, episode.Rarity) = (baseline, rating.ToRarity(first == number ? BehaviourNotes.Weight(z) : "of a run of odd windows"));
        if ((episode.Peak == seen && isOddest) || episode.Contributions.Count == 0) episode.Contributions = oddity.ToContributions(vector, usual);
        episode.Detail = $" in {_minutes} min";
        if (entity.Kind == EntityKind.Tenant && episode.Peak == seen)
        {
            var window = PlaceOf(number);
            episode.Contributors = WindowContributors.Of(window, episode.Contributions, c => _own[c.Index] is { State: BaselineState.Active } own ? own.Usual() : null);
            samples = window.SamplesOf(episode.Contributors.Principals());
        }

        foreach (var id in samples) episode.AddEvent(id);
        if (entity.Kind == EntityKind.Principal)
        {
            episode.Principal = entity.Id;
            episode.AddDriver(entity);
        }

        _scope.Alerts.Tell(episode, outcome);
        return true;
    }

    private DateTime Time(long window) => new(window * Span, DateTimeKind.Utc);
}
