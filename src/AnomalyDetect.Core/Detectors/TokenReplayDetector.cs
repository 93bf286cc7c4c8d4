using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Geography;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tables;
using AnomalyDetect.Core.Tracing;

namespace AnomalyDetect.Core.Detectors;

/// <summary>
/// <c>token_replay</c>: one token used in turn from two networks that one person cannot be in (ATT&amp;CK T1550.001). People roam, and phones fall back to
/// Wi-Fi: two networks of one country are told only where system numbers and user agents differ as well, and a token that moves on and does not come back never.
/// </summary>
internal sealed class TokenReplayDetector(TenantScope scope)
{
    /// <summary>Where a token was used.</summary>
    internal struct Place
    {
        public ulong Network; // hash of the /24 or /64
        public long FirstAt, LastAt; // of this stay
        public uint Asn;
        public uint Agent; // hash of device id or user agent
        public ushort Country;

        /// <summary>As it lies in memory, but with nothing in the gap behind it: that holds whatever was there before, and the same state is saved as the same bytes.</summary>
        public readonly void Save(StateWriter writer)
        {
            writer.Raw((Network, FirstAt, LastAt));
            writer.Raw((Asn, Agent));
            writer.Long(Country);
        }
    }

    internal struct Token : IEvictable
    {
        public Place Here, There; // Here: where it was used last
        public byte Returns; // how often it came back within the window

        public long LastSeen { get; set; }

        public readonly bool Established => There.LastAt != 0;
    }

    private readonly TokenReplayOptions _options = scope.Signals.TokenReplay;
    private readonly KeyedTable<HashKey, Token> _tokens = new(scope.Options.Detection.Limits.Sessions, TimeSpan.TicksPerHour, scope.Memory.Of(TablePart.Tokens));

    public int Count => _tokens.Count;

    public long Evictions => _tokens.Evictions;

    public long Bytes => _tokens.Bytes;

    public long BytesAt(int entries) => _tokens.BytesAt(entries);

    public void Trim(long now) => _tokens.Trim(now);

    public void Fetch(ulong token) => _tokens.Fetch(token);

    public void Observe(in TelemetryEvent e, long time, Outcome outcome)
    {
        if (!_options.Enabled || e.TokenId.IsEmpty || e.SourceIp.IsNone || e.Outcome == EventOutcome.Failure || e.IdentitiesAreClaims) return;
        ref var token = ref _tokens.At(_tokens.FindOrAdd(new HashKey(e.TokenHash), time, out var added)).State;
        if (time > token.LastSeen) token.LastSeen = time;
        var network = e.SourceIp.Neighbourhood.Hash;
        if (added || token.Here.Network == network)
        {
            if (added) token.Here = PlaceOf(e, network, time);
            token.Here.FirstAt = Math.Min(token.Here.FirstAt, time);
            token.Here.LastAt = Math.Max(token.Here.LastAt, time);
            return;
        }

        // What arrives out of order belongs to a stay that is over, and is no return to it.
        if (time < token.Here.FirstAt || scope.IsEgress(e.SourceIp)) return;
        var came = PlaceOf(e, network, time);
        var back = token.There.LastAt != 0 && token.There.Network == network && time - token.There.LastAt < _options.Window.Ticks;
        token.Returns = back ? (byte)Math.Min(token.Returns + 1, byte.MaxValue) : (byte)0;
        (token.There, token.Here) = (token.Here, came);
        scope.Current?.Note(TraceStep.Window, $"token_replay: its token moved to another network{(back ? ", and back to where it was before" : "")}");
        if (back) Judge(token, e, time, outcome);
    }

    private void Judge(in Token token, in TelemetryEvent e, long time, Outcome outcome)
    {
        var (a, b) = (token.Here, token.There);
        var countries = a.Country != 0 && b.Country != 0 && a.Country != b.Country;
        var systems = a.Asn != 0 && b.Asn != 0 && a.Asn != b.Asn;
        var agents = a.Agent != 0 && b.Agent != 0 && a.Agent != b.Agent;
        var points = (countries ? 2 : 0) + (systems ? 1 : 0) + (agents ? 2 : 0) + (token.Returns >= 3 ? 1 : 0);
        if (points < 3) return;
        var severity = points >= 5 ? Severity.High : countries ? Severity.Medium : Severity.Low;
        var seen = new Observation(time, time - _options.Window.Ticks, time, 2, 1, 1, null, severity);
        var entity = e.Principal is null ? new Entity(EntityKind.Tenant, scope.Tenant.Text) : new Entity(EntityKind.Principal, e.Principal.Text);
        var episode = scope.Alerts.Raise(null, Signal.TokenReplay, entity, seen, outcome);
        episode.Principal = e.Principal?.Text;
        episode.Address = e.SourceIp.ToNetworkString();
        episode.AddEvent(e.Id.ToString());
        episode.Detail = $", in turn{(countries ? $" ({Countries.Name(a.Country)} and {Countries.Name(b.Country)})" : "")}{(agents ? ", on different devices" : "")}";
        if (e.Principal is not null) episode.AddDriver(entity);
        if (e.Session is not null) episode.AddDriver(new Entity(EntityKind.Session, e.Session.Text));
        scope.Alerts.Tell(episode, outcome);
    }

    private static Place PlaceOf(in TelemetryEvent e, ulong network, long time) =>
        new() { Network = network, FirstAt = time, LastAt = time, Asn = e.Asn, Agent = Agents.HashOf(e), Country = e.Country };

    public void Save(StateWriter writer) => _tokens.Save(writer, static (w, entry) =>
    {
        w.Long((long)entry.Key.Hash);
        entry.State.Here.Save(w);
        entry.State.There.Save(w);
        w.Byte(entry.State.Returns);
        w.Long(entry.State.LastSeen);
    });

    public void Load(ref StateReader reader) => _tokens.Load(ref reader, static (ref StateReader r, ref KeyedTable<HashKey, Token>.Entry entry) =>
    {
        entry.Key = new HashKey((ulong)r.Long());
        entry.State = new Token { Here = r.Raw<Place>(), There = r.Raw<Place>(), Returns = r.Byte(), LastSeen = r.Long() };
    });
}
