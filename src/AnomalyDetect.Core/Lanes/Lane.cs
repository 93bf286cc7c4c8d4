using System.IO.Hashing;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Detectors;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Tables;
using AnomalyDetect.Core.Tracing;

namespace AnomalyDetect.Core.Lanes;

/// <summary>
/// The single-threaded home of a set of tenants: dedupe → windows → baselines → detectors → findings → alerts → playbook. Pure: the same events in the same
/// order give the same outcome, wherever batches were cut and however many lanes share the log.
/// </summary>
public sealed class Lane
{
    /// <summary>Where <see cref="DetectionOptions.AllowedLateness"/> says nothing: the native format's.</summary>
    public static readonly TimeSpan DefaultLateness = TimeSpan.FromSeconds(60);

    private const int SizesEvery = 64; // batches, at least, between two looks at the tables' sizes
    private const int Block = 16; // events whose tables are asked for together
    private const int Near = 64; // tenants found without the dictionary

    private readonly Dictionary<Symbol, TenantState> _tenants = [];
    private readonly TenantState?[] _near = new TenantState?[Near]; // of those, by a few bits of the hash
    private DedupeTable _dedupe;
    private long _observedAt;
    private long _sweptMinute;
    private long _tenantEvictions;
    private readonly bool _collectsFeatures;
    private ModelIds _models;
    private int _untilSizes;
    private MemoryPlan _plan;
    private TableBudget _memory;
    private long _settledHour;
    private long _toldHour, _toldRefusals; // not part of a checkpoint: a restart may tell an hour twice

    /// <param name="trace">Follows an event or an alert; null where nobody asks.</param>
    /// <param name="collectsFeatures">Closed windows' features are wanted in <see cref="Outcome.Features"/>, to train a model on.</param>
    public Lane(EngineOptions options, LaneTrace? trace = null, bool collectsFeatures = false)
    {
        Options = options;
        Trace = trace;
        (_collectsFeatures, _models) = (collectsFeatures, ModelIds.Of(options));
        _dedupe = new DedupeTable(options.Detection.DedupeHorizon, options.Detection.Limits.DedupeIds);
        _plan = MemoryPlan.Of(options, Lateness, collectsFeatures);
        _memory = _plan.NewBudget();
    }

    public EngineOptions Options { get; private set; }

    public LaneTrace? Trace { get; }

    /// <summary>Length of the windows whose features it collects.</summary>
    public int WindowMinutes => Options.Model?.WindowMinutes ?? BehaviourDetector.DefaultMinutes;

    /// <summary>As of the last look; each number may be read from another thread.</summary>
    public LaneStatistics Statistics { get; private set; } = new();

    /// <summary><see cref="LimitOptions.MemoryBytes"/>, as it is in force.</summary>
    public long MemoryBytes => _plan.Bytes;

    internal TableBudget Memory => _memory;

    internal IEnumerable<TenantState> Tenants => _tenants.Values;

    private long Lateness => (Options.Detection.AllowedLateness ?? DefaultLateness).Ticks;

    /// <param name="batch">Only its events at <paramref name="mine"/> belong to this lane.</param>
    /// <param name="mine">Ascending indexes into <see cref="EventBatch.Events"/>.</param>
    /// <param name="outcome">Added to, never cleared.</param>
    public void Process(EventBatch batch, ReadOnlySpan<int> mine, Outcome outcome)
    {
        var events = batch.Events;
        for (var left = mine; !left.IsEmpty; left = left[Math.Min(Block, left.Length)..])
        {
            var block = left[..Math.Min(Block, left.Length)];
            foreach (var index in block) Fetch(events[index]);
            foreach (var index in block) Process(events[index], outcome);
        }

        Advance(batch.ObservedAt, outcome);
    }

    /// <summary>All events of the batch belong to this lane (a Kafka partition).</summary>
    public void Process(EventBatch batch, Outcome outcome)
    {
        for (var left = batch.Events; !left.IsEmpty; left = left[Math.Min(Block, left.Length)..])
        {
            var block = left[..Math.Min(Block, left.Length)];
            foreach (ref readonly var e in block) Fetch(e);
            foreach (ref readonly var e in block) Process(e, outcome);
        }

        Advance(batch.ObservedAt, outcome);
    }

    /// <summary>
    /// Asks for what tables hold of an event, a few events ahead: with many ids, sessions and tokens each look-up is a wait for memory, and so they wait together instead of one after the other.
    /// </summary>
    private void Fetch(in TelemetryEvent e)
    {
        _dedupe.Fetch(e.Key);
        Find(e.Tenant)?.Fetch(e);
    }

    private void Process(in TelemetryEvent e, Outcome outcome)
    {
        outcome.Counters.Events++;
        if (e.ObservedAt.Ticks > _observedAt) _observedAt = e.ObservedAt.Ticks;
        var isNew = _dedupe.Add(e.Key, _observedAt);
        var traced = Trace is not null && Trace.Follows(e);
        if (traced) Trace!.Begin(e, again: !isNew);
        if (isNew)
        {
            if (_observedAt >= _settledHour + TimeSpan.TicksPerHour) Settle(outcome);
            (Find(e.Tenant) ?? Admit(e.Tenant, outcome)).Observe(e, _observedAt, outcome);
        }
        else
        {
            outcome.Counters.Duplicates++;
        }

        if (traced) Trace!.End();
    }

    /// <summary>
    /// ObservedAt moved on: closes the windows of idle tenants, looking at all of them once a minute of it, as of the minute's beginning: wherever in the minute a
    /// batch ends, the same has come out.
    /// </summary>
    public void Advance(DateTime observedAt, Outcome outcome)
    {
        if (observedAt.Ticks > _observedAt) _observedAt = observedAt.Ticks;
        var minute = _observedAt / TimeSpan.TicksPerMinute;
        if (minute > _sweptMinute)
        {
            _sweptMinute = minute;
            foreach (var tenant in _tenants.Values) tenant.Advance(minute * TimeSpan.TicksPerMinute, outcome);
        }

        if (_memory.Refusals != _toldRefusals && _observedAt / TimeSpan.TicksPerHour is var hour && hour > _toldHour && _memory.TakeRefused() is { } refused)
        {
            outcome.MemoryShortages.Add(MemoryShortage.Of(refused, hour, _memory.Refusals - _toldRefusals));
            (_toldHour, _toldRefusals) = (hour, _memory.Refusals);
        }

        if (--_untilSizes > 0) return;
        _untilSizes = SizesEvery + (_tenants.Count / 32);
        LookAtSizes();
    }

    /// <summary>End of input (replay): nothing late can come any more, so every window that has ended is closed.</summary>
    public void Complete(Outcome outcome)
    {
        foreach (var tenant in _tenants.Values) tenant.Complete(_observedAt, outcome);
        LookAtSizes();
    }

    private TenantState? Find(Symbol tenant)
    {
        var place = (int)(tenant.Hash % Near);
        if (_near[place] is { } near && near.Tenant.Equals(tenant)) return near;
        return _tenants.TryGetValue(tenant, out var known) ? _near[place] = known : null;
    }

    private TenantState Admit(Symbol tenant, Outcome outcome)
    {
        if (_tenants.Count >= Options.Detection.Limits.Tenants)
        {
            var idle = _tenants.Values.MinBy(t => t.LastSeen)!;
            // What is over by now is over, and was not displaced, whether or not somebody looked.
            idle.Advance(_observedAt - (_observedAt % TimeSpan.TicksPerMinute), outcome);
            idle.Displace(outcome);
            _tenants.Remove(idle.Tenant);
            Array.Clear(_near);
            _tenantEvictions++;
        }

        var state = new TenantState(new TenantScope(tenant, Options, Lateness, Trace, _collectsFeatures, _models, memory: new TenantMemory(tenant.Text, _memory)));
        _tenants.Add(tenant, state);
        return state;
    }

    /// <summary>
    /// Once an hour, what tenants hold of the pool and need no more is there for others. Before an event is worked on, with every tenant's windows closed as of then, so that it is the same however batches
    /// were cut.
    /// </summary>
    private void Settle(Outcome outcome)
    {
        _settledHour = _observedAt - (_observedAt % TimeSpan.TicksPerHour);
        var minute = _observedAt - (_observedAt % TimeSpan.TicksPerMinute);
        foreach (var tenant in _tenants.Values)
        {
            if (tenant.Memory.Settled == 0) continue;
            tenant.Advance(minute, outcome);
            tenant.Trim();
            tenant.Memory.Settle();
        }
    }

    /// <summary>For <see cref="Statistics"/>.</summary>
    internal void LookAtSizes()
    {
        var sizes = new LaneStatistics { DedupeIds = _dedupe.Count, Evictions = _dedupe.Evictions + _tenantEvictions, StateBytes = _dedupe.Bytes, HeldBytes = _plan.EventIds, Refusals = _memory.Refusals };
        foreach (var tenant in _tenants.Values) tenant.AddTo(sizes);
        sizes.HeldBytes += _tenants.Count * _plan.FixedTenantBytes;
        Statistics = sizes;
    }

    /// <summary>Takes new options, at a checkpoint only: what is known is carried over as if it had been saved and loaded.</summary>
    /// <remarks>Windows whose length an option fixes start anew when that option changed.</remarks>
    /// <returns>What was carried over. Loaded under the new options it is this lane as it now is, so it can be the checkpoint they begin with.</returns>
    public byte[] Reconfigure(EngineOptions options)
    {
        var state = Save();
        var next = Load(options, state, _collectsFeatures);
        (Options, _dedupe, _models, _plan, _memory) = (options, next._dedupe, next._models, next._plan, next._memory);
        _tenants.Clear();
        Array.Clear(_near);
        foreach (var (symbol, tenant) in next._tenants) _tenants.Add(symbol, tenant);
        return state;
    }

    /// <summary>The whole state, versioned and deterministic, with a checksum.</summary>
    /// <remarks>
    /// Layout history. 1: magic "ADL1", clock, dedupe table, tenants, XXH3-64 of all before it; little-endian. 2: "ADL2", tenants with sign-in habits, tokens,
    /// spraying, stuffing and silence. 3: "ADL3", tenants with features of behaviour, episodes with contributions. 4: "ADL4",
    /// episodes with what they are plotted by. 5: "ADL5", tails with their priors, dispersions of series. 6: "ADL6", observations with the model that judged, tenants with what a
    /// shadow model makes of them, episodes with who contributed, and the sketches that know. 7: "ADL7", tenants with what their principals asked for in vain,
    /// with cohorts, with series of their busiest principals and with whom their playbook has met before, decisions of episodes with when they were first called for. 8: "ADL8", tenants with which others their principals called, tables with how many keys are new. 9: "ADL9", sign-in habits with whether they administer.
    /// 10: "ADLA", and with whether they are refused; what each tenant holds of the memory for all, tables, windows and alerts with the size they have.
    /// 11: "ADLB", tenants with what their principals have in common lately, principals with what their runs had come to when they were told.
    /// 12: "ADLC", principals with when they were first seen. 13: "ADLD", rates with the silent minutes their day's shape has not heard of.
    /// </remarks>
    public byte[] Save()
    {
        var writer = new StateWriter();
        writer.Int(Magic);
        writer.Long(_observedAt);
        writer.Long(_sweptMinute);
        writer.Long(_tenantEvictions);
        writer.Long(_settledHour);
        writer.Raw((_memory.Guaranteed, _memory.Pool, _memory.Refusals));
        _dedupe.Save(writer);
        writer.Int(_tenants.Count);
        foreach (var tenant in _tenants.Values)
        {
            tenant.Save(writer);
            writer.Long(tenant.Memory.Settled);
        }

        writer.Long((long)XxHash3.HashToUInt64(writer.Written));
        return writer.ToArray();
    }

    private const int Magic = 0x444C4441; // "ADLD"

    /// <param name="state">What <see cref="Save"/> gave.</param>
    /// <param name="collectsFeatures">Closed windows' features are wanted in <see cref="Outcome.Features"/>.</param>
    /// <exception cref="InvalidDataException">Not a checkpoint of a known version, or damaged.</exception>
    public static Lane Load(EngineOptions options, ReadOnlySpan<byte> state, bool collectsFeatures = false)
    {
        if (state.Length < 12) throw new InvalidDataException("the lane checkpoint is cut short");
        var hashed = new StateReader(state[^8..]);
        if ((ulong)hashed.Long() != XxHash3.HashToUInt64(state[..^8])) throw new InvalidDataException("the lane checkpoint is damaged: its checksum does not fit");
        if (new StateReader(state).Int() != Magic) throw new InvalidDataException(
            "the lane checkpoint was written by another version of this program; run that version, or begin with an empty data directory");

        var reader = new StateReader(state[4..^8]);
        var lane = new Lane(options, collectsFeatures: collectsFeatures) { _observedAt = reader.Long(), _sweptMinute = reader.Long(), _tenantEvictions = reader.Long(), _settledHour = reader.Long() };
        var (guaranteed, pool, refusals) = reader.Raw<(long, long, long)>();
        var sameBudget = (guaranteed, pool) == (lane._memory.Guaranteed, lane._memory.Pool);
        lane._memory.Refusals = lane._toldRefusals = refusals;
        lane._dedupe.Load(ref reader);
        for (var left = reader.Count(); left > 0; left--)
        {
            var tenant = TenantState.Load(ref reader, symbol => new TenantScope(
                symbol, options, lane.Lateness, collectsFeatures: collectsFeatures, models: lane._models, memory: new TenantMemory(symbol.Text, lane._memory)));
            var settled = reader.Long();
            tenant.Memory.Restore(sameBudget ? settled : null);
            lane._tenants.Add(tenant.Tenant, tenant);
        }

        lane.LookAtSizes();
        return lane;
    }
}
