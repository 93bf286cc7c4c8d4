using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tables;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Detectors;

/// <summary>The running threshold counts of one signal of one tenant, by entity, each tied to its running episode.</summary>
internal sealed class ThresholdCounters(TenantScope scope, Signal signal, ThresholdOptions options, TablePart part)
{
    private const int Samples = 3;
    private const int SampleBytes = Samples * 64; // ids of events, as strings
    private const int Sampled = 16;

    internal struct Counter : IEvictable
    {
        public SlidingCount Count;
        public Episode? Episode;
        public string? Sample1, Sample2, Sample3; // the latest event ids, newest first
        public int Hits;

        public long LastSeen { get; set; }

        public readonly bool Established => Hits > Samples;
    }

    private readonly KeyedTable<EntityKey, Counter> _counters =
        new(
            scope.Options.Detection.Limits.Counters, options.Window.Ticks + scope.Lateness + TimeSpan.TicksPerMinute, scope.Memory.Of(part),
            SampleBytes + (int)SlidingCount.MostBytes, start: 2);

    public int Count => _counters.Count;

    public long Evictions => _counters.Evictions;

    /// <summary>With the counts' arrays by those of a few entries, for looking at all of them takes too long.</summary>
    public long Bytes
    {
        get
        {
            var (sum, seen) = (0L, 0);
            for (var i = 0; i < _counters.HighIndex; i += 1 + (_counters.HighIndex / Sampled))
            {
                ref var entry = ref _counters.At(i);
                if (!entry.Used) continue;
                sum += entry.State.Count.Bytes;
                seen++;
            }

            return _counters.Bytes + (seen == 0 ? 0 : _counters.Count * (SampleBytes + (sum / seen)));
        }
    }

    public void Trim(long now) => _counters.Trim(now);

    /// <param name="busy">Each with as many arrivals as are kept; otherwise a few.</param>
    public long BytesAt(int entries, bool busy) => _counters.BytesAt(entries) + (entries * (SampleBytes + (busy ? SlidingCount.MostBytes : SlidingCount.LeastBytes)));

    /// <summary>
    /// Counts an event for an entity. When that crosses the threshold, the entity's running episode takes the finding; none means the caller opens one by
    /// <see cref="Open"/>.
    /// </summary>
    public Hit Add(in EntityKey key, long time, int count, string eventId)
    {
        var index = _counters.FindOrAdd(key, time, out _);
        ref var counter = ref _counters.At(index).State;
        counter.LastSeen = Math.Max(counter.LastSeen, time);
        counter.Hits++;
        (counter.Sample3, counter.Sample2, counter.Sample1) = (counter.Sample2, counter.Sample1, eventId);
        var window = options.Window.Ticks;
        var crossed = counter.Count.Add(time, count, window, options.Threshold, scope.Watermark - window);
        scope.Current?.Count(signal, key.ToEntity(), crossed?.Count ?? counter.Count.CountAt(time, window), options.Threshold, options.Window);
        if (crossed is not { } crossing) return default;

        var episode = counter.Episode;
        if (!scope.Alerts.IsRunning(episode, crossing.At)) counter.Episode = episode = scope.Alerts.Find(signal, key.ToEntity(), crossing.At);
        return new Hit(index, crossing, episode);
    }

    public Observation Observe(in Hit hit, Severity severity) => new(
        hit.Crossing.At, hit.Crossing.At - options.Window.Ticks, hit.Crossing.At, hit.Crossing.Count, 0, options.Threshold, null, severity);

    public double TimesThreshold(in Hit hit) => hit.Crossing.Count / (double)options.Threshold;

    /// <summary>Opens the episode of the entity that was hit, with the events sampled so far.</summary>
    public Episode Open(in Hit hit, in Observation first, Outcome outcome)
    {
        ref var entry = ref _counters.At(hit.Index);
        var episode = scope.Alerts.Open(signal, entry.Key.ToEntity(), first, outcome);
        Attach(hit, episode);
        return episode;
    }

    /// <summary>Lets the entity's findings go to an episode, its own or one it shares a cause with.</summary>
    public void Attach(in Hit hit, Episode episode)
    {
        ref var counter = ref _counters.At(hit.Index).State;
        counter.Episode = episode;
        foreach (var id in new[] { counter.Sample3, counter.Sample2, counter.Sample1 })
            if (id is not null) episode.AddEvent(id);
    }

    public void Save(StateWriter writer) => _counters.Save(writer, static (w, entry) =>
    {
        entry.Key.Save(w);
        entry.State.Count.Save(w);
        w.Long(entry.State.LastSeen);
        w.Int(entry.State.Hits);
        w.Text(entry.State.Sample1);
        w.Text(entry.State.Sample2);
        w.Text(entry.State.Sample3);
        var running = entry.State.Episode is { Ended: false } episode ? episode : null;
        w.Text(running?.Entity.Id);
        if (running is not null) w.Byte((byte)running.Entity.Kind);
    });

    public void Load(ref StateReader reader) => _counters.Load(ref reader, (ref StateReader r, ref KeyedTable<EntityKey, Counter>.Entry entry) =>
    {
        entry.Key = EntityKey.Load(ref r);
        entry.State = new Counter
        {
            Count = SlidingCount.Load(ref r),
            LastSeen = r.Long(),
            Hits = r.Int(),
            Sample1 = r.TextOrNull(),
            Sample2 = r.TextOrNull(),
            Sample3 = r.TextOrNull(),
        };
        if (r.TextOrNull() is { } id) entry.State.Episode = scope.Alerts.Get(signal, new Entity((EntityKind)r.Byte(), id));
    });
}

/// <summary>An arrival that put its entity above the threshold.</summary>
/// <param name="Episode">The entity's running episode; null when there is none.</param>
internal readonly record struct Hit(int Index, Crossing Crossing, Episode? Episode)
{
    public bool IsCrossing => Crossing.Count > 0;
}
