using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Response.Bouncers;

/// <summary>What a bouncer says of itself when it asks for the feed.</summary>
/// <param name="Name">The key's id and the bouncer's instance.</param>
/// <param name="Tenants">Whose decisions it follows; empty: everybody's.</param>
/// <param name="Applied">Up to which feed sequence it judges by; null while its first copy is not whole.</param>
/// <param name="Missing">Decisions it found no room for or cannot carry out.</param>
public sealed record BouncerSighting(string Name, IReadOnlyList<string> Tenants, long? Applied, int Missing);

/// <summary>How far the live bouncers of a tenant are.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Applied">What all of them hold; -1 while one is not known to hold anything.</param>
internal readonly record struct BouncerPosition(int Count, long Applied);

/// <summary>
/// The bouncers that ask for the feed, each until it has been silent for <see cref="Silence"/>. Where there are more than <see cref="Most"/>, nothing can be said of all of them, and
/// nothing is. Thread-safe.
/// </summary>
/// <param name="store">Keeps who they are over a restart, for the first to come back must not stand for all.</param>
public sealed class LiveBouncers(IBouncerStore store, TimeProvider time)
{
    public const int Most = 1_000;

    /// <summary>Beyond what a poll may be held for. By then a bouncer itself says that the service is away.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan RememberEvery = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private Dictionary<string, Live>? _live;
    private DateTime _crowdedUntil;

    /// <summary>Raised when one has moved on; handlers must not block.</summary>
    public event Action? Moved;

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <param name="wait">For how long it may be kept waiting now.</param>
    public void Saw(BouncerSighting sighting, TimeSpan wait)
    {
        var now = Now;
        var moved = false;
        KnownBouncer? remember = null;
        lock (_lock)
        {
            var live = Table(now);
            if (!live.TryGetValue(sighting.Name, out var one))
            {
                if (live.Count >= Most) Sweep(live, now);
                if (live.Count >= Most)
                {
                    _crowdedUntil = now + wait + Silence;
                    return;
                }

                live.Add(sighting.Name, one = new Live());
            }

            moved = one.Sighting?.Applied != sighting.Applied || one.Sighting?.Missing != sighting.Missing;
            (one.Sighting, one.Tenants, one.Until) = (sighting, sighting.Tenants, now + wait + Silence);
            if (one.RememberedAt is not { } at || now - at >= RememberEvery)
            {
                one.RememberedAt = now;
                remember = new KnownBouncer(sighting.Name, sighting.Tenants, one.Until);
            }
        }

        if (remember is not null) Remember(remember);
        if (moved) Moved?.Invoke();
    }

    /// <summary>A store that takes nothing now must not keep a bouncer from the feed: after a restart it is waited for less, and that is all.</summary>
    private void Remember(KnownBouncer bouncer)
    {
        try
        {
            store.Remember(bouncer);
        }
        catch (Exception)
        {
            lock (_lock)
            {
                if (_live!.TryGetValue(bouncer.Name, out var one)) one.RememberedAt = null;
            }
        }
    }

    /// <summary>Those that are live, how many of them lack something, and how many have not caught up with <paramref name="head"/>.</summary>
    public (int Live, int Lacking, int Behind) Count(long head)
    {
        lock (_lock)
        {
            var live = Table(Now);
            Sweep(live, Now);
            return (live.Count, live.Values.Count(l => l.Sighting?.Missing > 0), live.Values.Count(l => !(l.Sighting?.Applied >= head)));
        }
    }

    /// <summary>Null where nothing can be said of them, for there are too many.</summary>
    internal BouncerPosition? Of(string tenant)
    {
        var now = Now;
        lock (_lock)
        {
            if (_crowdedUntil > now) return null;
            var (count, applied) = (0, long.MaxValue);
            foreach (var one in Table(now).Values)
            {
                if (one.Until <= now || (one.Tenants.Count > 0 && !one.Tenants.Contains(tenant))) continue;
                count++;
                applied = Math.Min(applied, one.Sighting is { Missing: 0, Applied: { } at } ? at : -1);
            }

            return new BouncerPosition(count, count == 0 ? -1 : applied);
        }
    }

    /// <summary>Whoever was live when the service went gets as long to come back as a silent one has.</summary>
    private Dictionary<string, Live> Table(DateTime now)
    {
        if (_live is not null) return _live;
        _live = new Dictionary<string, Live>(StringComparer.Ordinal);
        foreach (var known in store.Known().OrderByDescending(k => k.LiveUntil).Take(Most))
            _live.Add(known.Name, new Live { Tenants = known.Tenants, Until = now + Silence });
        return _live;
    }

    private static void Sweep(Dictionary<string, Live> live, DateTime now)
    {
        foreach (var name in live.Where(l => l.Value.Until <= now).Select(l => l.Key).ToList()) live.Remove(name);
    }

    private sealed class Live
    {
        /// <summary>Null while it has not been seen since the start.</summary>
        public BouncerSighting? Sighting { get; set; }

        public IReadOnlyList<string> Tenants { get; set; } = [];

        public DateTime Until { get; set; }

        public DateTime? RememberedAt { get; set; }
    }
}
