using System.Runtime.CompilerServices;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tables;

namespace AnomalyDetect.Core.Detectors;

/// <summary>
/// <c>session_hijack</c>: more networks on one session within the window than one person has. People move from one network to the next; a thief and a victim
/// take turns. So only interleaving (a network seen both before and after another one outside its own /24 or /64) is enforced; moving on is low.
/// </summary>
internal sealed class SessionDetector(TenantScope scope)
{
    private static readonly long Idle = TimeSpan.FromHours(1).Ticks;

    /// <summary>A network a session was used from. Times in ms after the session was first seen.</summary>
    internal struct Visit
    {
        public ulong Bits; // an IPv4 address, or the upper half of an IPv6 one
        public int FirstMs;
        public int LastMs;
    }

    [InlineArray(Capacity)]
    internal struct Visits
    {
        public const int Capacity = 6;
        private Visit _first;
    }

    internal struct Session : IEvictable
    {
        public Visits Visits;
        public long Start;
        public Episode? Episode;
        public uint Place, Token; // hashes of the last address and token
        public int NotedMs; // when they were last noted
        public byte Length;
        public byte IPv6; // bit per visit
        public byte Succeeded; // bit per visit
        public byte Events;

        public long LastSeen { get; set; }

        public readonly bool Established => Events > 4;
    }

    private readonly ThresholdOptions _options = scope.Signals.SessionHijack;
    private readonly int _window = (int)Math.Min(int.MaxValue, scope.Signals.SessionHijack.Window.TotalMilliseconds); // ms
    private readonly KeyedTable<SymbolKey, Session> _sessions = new(scope.Options.Detection.Limits.Sessions, Idle, scope.Memory.Of(TablePart.Sessions));

    public int Count => _sessions.Count;

    public long Evictions => _sessions.Evictions;

    public long Bytes => _sessions.Bytes;

    public long BytesAt(int entries) => _sessions.BytesAt(entries);

    public void Trim(long now) => _sessions.Trim(now);

    public void Fetch(Symbol session) => _sessions.Fetch(session.Hash);

    /// <returns>The session goes on as it was: where it was the last time, with the token it had, noted less than ten seconds ago.</returns>
    public bool Observe(in TelemetryEvent e, long time, Outcome outcome)
    {
        // A session that did not prove itself is a claim; a revoked or expired one that is knocked with is refused anyway.
        if (!_options.Enabled || e.Session is null || e.SourceIp.IsNone || e.Outcome == EventOutcome.Failure || e.IdentitiesAreClaims || scope.IsEgress(e.SourceIp)) return false;

        ref var session = ref _sessions.At(_sessions.FindOrAdd(new SymbolKey(e.Session), time, out var added)).State;
        if (added) session.Start = time;
        if (time > session.LastSeen) session.LastSeen = time;
        if (session.Events < byte.MaxValue) session.Events++;
        var ms = (int)Math.Clamp((time - session.Start) / TimeSpan.TicksPerMillisecond, int.MinValue, int.MaxValue);
        Enter(ref session, e.SourceIp, ms, e.Outcome == EventOutcome.Success);
        scope.Current?.Count(Signal.SessionHijack, new Entity(EntityKind.Session, e.Session.Text), NetworksAt(session, ms), _options.Threshold, _options.Window);
        if (session.Length > _options.Threshold) Judge(ref session, e, time, ms, outcome);
        return IsUnchanged(ref session, e, ms);
    }

    private static bool IsUnchanged(ref Session session, in TelemetryEvent e, int ms)
    {
        var (place, token) = ((uint)e.SourceIp.Hash, (uint)e.TokenHash);
        var unchanged = session.Place == place && session.Token == token && ms - session.NotedMs is >= 0 and < 10_000;
        if (!unchanged) (session.Place, session.Token, session.NotedMs) = (place, token, ms);
        return unchanged;
    }

    private void Enter(ref Session session, NetworkAddress address, int ms, bool success)
    {
        var bits = BitsOf(address);
        for (var i = 0; i < session.Length; i++)
        {
            ref var known = ref session.Visits[i];
            if (known.Bits != bits || (session.IPv6 >> i & 1) != 0 != address.IsIPv6) continue;
            if (ms - known.LastMs >= _window) known.FirstMs = ms; // away for a whole window: a visit of its own
            known.LastMs = Math.Max(known.LastMs, ms);
            known.FirstMs = Math.Min(known.FirstMs, ms);
            if (success) session.Succeeded |= (byte)(1 << i);
            return;
        }

        var at = session.Length < Visits.Capacity ? session.Length++ : Oldest(ref session);
        session.Visits[at] = new Visit { Bits = bits, FirstMs = ms, LastMs = ms };
        var bit = (byte)(1 << at);
        session.IPv6 = (byte)(address.IsIPv6 ? session.IPv6 | bit : session.IPv6 & ~bit);
        session.Succeeded = (byte)(success ? session.Succeeded | bit : session.Succeeded & ~bit);
    }

    private int NetworksAt(in Session session, int ms)
    {
        var networks = 0;
        for (var i = 0; i < session.Length; i++)
            if (InWindow(session.Visits[i], ms)) networks++;
        return networks;
    }

    private static int Oldest(ref Session session)
    {
        var oldest = 0;
        for (var i = 1; i < session.Length; i++)
            if (session.Visits[i].LastMs < session.Visits[oldest].LastMs) oldest = i;
        return oldest;
    }

    private void Judge(ref Session session, in TelemetryEvent e, long time, int ms, Outcome outcome)
    {
        // An event out of order may complete the window of a later one.
        var end = ms;
        for (var i = 0; i < session.Length; i++)
            if (session.Visits[i].LastMs > end && session.Visits[i].LastMs - ms < _window) end = session.Visits[i].LastMs;

        var networks = 0;
        var interleaved = false;
        for (var i = 0; i < session.Length; i++)
        {
            if (!InWindow(session.Visits[i], end)) continue;
            networks++;
            for (var j = 0; j < session.Length && !interleaved; j++)
            {
                if (j == i || !InWindow(session.Visits[j], end) || Neighbours(session, i, j)) continue;
                ref var a = ref session.Visits[i];
                ref var b = ref session.Visits[j];
                interleaved = (a.FirstMs < b.FirstMs && b.FirstMs < a.LastMs) || (a.FirstMs < b.LastMs && b.LastMs < a.LastMs);
            }
        }

        if (networks <= _options.Threshold) return;
        var at = session.Start + (end * TimeSpan.TicksPerMillisecond);
        at = end == ms ? time : at;
        var seen = new Observation(at, at - _options.Window.Ticks, at, networks, 1, _options.Threshold, null, SeverityScale.Hijack(networks, interleaved));
        var entity = new Entity(EntityKind.Session, e.Session!.Text);
        var episode = session.Episode = scope.Alerts.Raise(session.Episode, Signal.SessionHijack, entity, seen, outcome);
        episode.Session = entity.Id;
        episode.Principal ??= e.Principal?.Text;
        episode.Address = e.SourceIp.ToNetworkString();
        episode.AddEvent(e.Id.ToString());
        if (interleaved) episode.Detail = ", going back and forth between them";
        else episode.Detail ??= ", one after another";
        if (interleaved) episode.AddDriver(entity);
        scope.Alerts.Tell(episode, outcome);
    }

    private bool InWindow(in Visit visit, int end) => visit.FirstMs <= end && (long)visit.LastMs > (long)end - _window;

    private static bool Neighbours(in Session session, int i, int j)
    {
        var sameFamily = (session.IPv6 >> i & 1) == (session.IPv6 >> j & 1);
        return sameFamily && (session.IPv6 >> i & 1) == 0 && session.Visits[i].Bits >> 8 == session.Visits[j].Bits >> 8;
    }

    private static ulong BitsOf(NetworkAddress address) => address.IsIPv6 ? (ulong)(address.Bits >> 64) : (ulong)address.Bits;

    /// <summary>Event time (ticks) of a session's newest event; 0 when it is not known.</summary>
    public long LastSeenOf(Symbol session) => _sessions.Find(new SymbolKey(session)) is >= 0 and var index ? _sessions.At(index).State.LastSeen : 0;

    /// <summary>Sessions used with success from a network within the last hour; at most <paramref name="most"/>, latest first.</summary>
    public IReadOnlyList<string> SucceededFrom(NetworkAddress network, long now, int most)
    {
        var bits = BitsOf(network);
        List<(long At, string Id)> found = [];
        for (var n = 0; n < _sessions.HighIndex; n++)
        {
            ref var entry = ref _sessions.At(n);
            if (!entry.Used || entry.State.LastSeen < now - Idle) continue;
            for (var i = 0; i < entry.State.Length; i++)
            {
                if (entry.State.Visits[i].Bits != bits || (entry.State.IPv6 >> i & 1) != 0 != network.IsIPv6 || (entry.State.Succeeded >> i & 1) == 0) continue;
                var at = entry.State.Start + (entry.State.Visits[i].LastMs * TimeSpan.TicksPerMillisecond);
                if (at >= now - Idle) found.Add((at, entry.Key.Symbol.Text));
            }
        }

        found.Sort(static (a, b) => a.At != b.At ? b.At.CompareTo(a.At) : string.CompareOrdinal(a.Id, b.Id));
        return [.. found.Take(most).Select(f => f.Id)];
    }

    public void Save(StateWriter writer) => _sessions.Save(writer, static (w, entry) =>
    {
        w.Symbol(entry.Key.Symbol);
        w.Raw(entry.State.Visits);
        w.Long(entry.State.Start);
        w.Long(entry.State.LastSeen);
        w.Raw((entry.State.Place, entry.State.Token, entry.State.NotedMs));
        w.Byte(entry.State.Length);
        w.Byte(entry.State.IPv6);
        w.Byte(entry.State.Succeeded);
        w.Byte(entry.State.Events);
    });

    public void Load(ref StateReader reader) => _sessions.Load(ref reader, static (ref StateReader r, ref KeyedTable<SymbolKey, Session>.Entry entry) =>
    {
        entry.Key = new SymbolKey(r.Symbol());
        entry.State = new Session { Visits = r.Raw<Visits>(), Start = r.Long(), LastSeen = r.Long() };
        (entry.State.Place, entry.State.Token, entry.State.NotedMs) = r.Raw<(uint, uint, int)>();
        (entry.State.Length, entry.State.IPv6, entry.State.Succeeded, entry.State.Events) = r.Raw<(byte, byte, byte, byte)>();
        if (entry.State.Length > Visits.Capacity) throw new InvalidDataException("a session in the lane checkpoint has too many networks");
    });
}
