using System.Globalization;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Geography;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tables;
using AnomalyDetect.Core.Tracing;

namespace AnomalyDetect.Core.Detectors;

/// <summary>
/// <c>impossible_travel</c>, <c>unfamiliar_sign_in</c>, <c>dormant_principal</c>: a sign-in held against the principal's habit. No single oddity is enough,
/// for people travel and buy phones: each adds points, and what the session then does adds more (ATT&amp;CK T1078).
/// </summary>
internal sealed class SignInDetector
{
    private const int ToReport = 4; // points; below it nobody is told
    private const int ToMedium = 5;
    private const int ToHigh = 7;

    private static readonly long Shortly = TimeSpan.FromMinutes(15).Ticks; // failures before a sign-in
    private static readonly long Afterwards = TimeSpan.FromMinutes(60).Ticks; // what a suspect sign-in is watched for
    private static readonly long Forgotten = TimeSpan.FromDays(200).Ticks;

    [Flags]
    private enum Reason : byte
    {
        NewCountry = 1, NewDevice = 2, TooFast = 4, Failures = 8, Rejections = 16, Dormant = 32, KnownDevice = 64, StillActive = 128,
    }

    private readonly TenantScope _scope;
    private readonly SessionDetector _sessions;
    private readonly RateDetector _rates;
    private readonly TravelOptions _travel;
    private readonly UnfamiliarOptions _unfamiliar;
    private readonly DormantOptions _dormant;
    private readonly KeyedTable<SymbolKey, PrincipalHabit> _habits;

    public SignInDetector(TenantScope scope, SessionDetector sessions, RateDetector rates)
    {
        (_scope, _sessions, _rates) = (scope, sessions, rates);
        (_travel, _unfamiliar, _dormant) = (scope.Signals.ImpossibleTravel, scope.Signals.UnfamiliarSignIn, scope.Signals.DormantPrincipal);
        _habits = new(scope.Options.Detection.Limits.Principals, Forgotten, scope.Memory.Of(TablePart.Habits));
    }

    public int Count => _habits.Count;

    public long Evictions => _habits.Evictions;

    public long Bytes => _habits.Bytes;

    public long BytesAt(int entries) => _habits.BytesAt(entries);

    public void Trim(long now) => _habits.Trim(now);

    /// <summary>Called before the principal's activity of this event is noted, so that its silence before it is known.</summary>
    public void Observe(in TelemetryEvent e, long time, Outcome outcome)
    {
        if (e.Principal is null || e.IdentitiesAreClaims) return;
        if (e.Outcome != EventOutcome.Success && e.Type is EventType.Login or EventType.MfaChallenge)
        {
            NoteFailure(e, time);
            return;
        }

        var privileged = e.Type is EventType.ConfigChange or EventType.DelegationGrant or EventType.PolicyDecision || e.Outcome == EventOutcome.Denied;
        if (privileged) NotePrivileged(e, time, outcome);
        else if (e.Outcome == EventOutcome.Success && e.Type is EventType.Login or EventType.SessionStart or EventType.TokenIssue) SignIn(e, time, outcome);
    }

    /// <summary>Only of a principal already known: whoever knocks writes the name.</summary>
    private void NoteFailure(in TelemetryEvent e, long time)
    {
        var index = _habits.Find(new SymbolKey(e.Principal!));
        if (index < 0) return;
        ref var habit = ref _habits.At(index).State;
        if (time - habit.FailedAt > Shortly) (habit.Failed, habit.Rejected) = (0, 0);
        habit.FailedAt = Math.Max(habit.FailedAt, time);
        if (e.Type == EventType.MfaChallenge) habit.Rejected = (byte)Math.Min(habit.Rejected + 1, byte.MaxValue);
        else habit.Failed = (byte)Math.Min(habit.Failed + 1, byte.MaxValue);
    }

    private void SignIn(in TelemetryEvent e, long time, Outcome outcome)
    {
        ref var habit = ref _habits.At(_habits.FindOrAdd(new SymbolKey(e.Principal!), time, out var added)).State;
        var (country, device, network) = (e.Country, Agents.HashOf(e), e.SourceIp.Neighbourhood);
        var egress = !e.SourceIp.IsNone && _scope.IsEgress(e.SourceIp);
        if (added) habit.FirstSeen = time;
        else if (!egress && habit.IsKnownAt(time) && (habit.SuspectAt == 0 || time - habit.SuspectAt > Afterwards || network != habit.SuspectNetwork))
            Weigh(ref habit, e, time, country, device);

        var suspect = habit.SuspectAt != 0 && time - habit.SuspectAt <= Afterwards && network == habit.SuspectNetwork;
        if (suspect && e.Session is not null) habit.SuspectSession = e.Session;
        if (suspect && habit.SuspectPoints >= ToReport) Report(ref habit, e, time, outcome);
        if (!egress) habit.Learn(country, device, time, suspect && habit.SuspectPoints >= ToReport);
        if (habit.SignIns < ushort.MaxValue && e.Type == EventType.Login) habit.SignIns++;
        else if (habit.SignIns < ushort.MaxValue && time - habit.LastAt > TimeSpan.TicksPerMinute) habit.SignIns++; // platforms without login events
        habit.LastSeen = Math.Max(habit.LastSeen, time);
        if (egress || time < habit.LastAt) return;
        habit.LastAt = time;
        (habit.LastCountry, habit.LastNetwork) = (country == 0 ? habit.LastCountry : country, network);
        if (e.Session is not null) habit.LastSession = e.Session;
    }

    /// <summary>How unlike the principal this sign-in is.</summary>
    private void Weigh(ref PrincipalHabit habit, in TelemetryEvent e, long time, ushort country, uint device)
    {
        var reasons = default(Reason);
        var points = 0;
        if (country != 0 && habit.CountryCount > 0 && !habit.Knows(country)) Add(Reason.NewCountry, 2);
        if (device != 0 && habit.DeviceCount > 0) Add(habit.Knows(device) ? Reason.KnownDevice : Reason.NewDevice, habit.Knows(device) ? 0 : 2);
        // The last place is where the principal was last active, not only where it signed in last.
        var lastAt = Math.Max(habit.LastAt, habit.LastSession is null ? 0 : _sessions.LastSeenOf(habit.LastSession));
        var km = Countries.LeastDistanceKm(habit.LastCountry, country);
        var hours = Math.Max(0, time - lastAt) / (double)TimeSpan.TicksPerHour;
        if (_travel.Enabled && km > 0 && km > _travel.SpeedKmPerHour * hours) Add(Reason.TooFast, 2);
        else if (country != habit.LastCountry && hours < 0.25 && (reasons & (Reason.NewCountry | Reason.NewDevice)) != 0) Add(Reason.StillActive, 1);
        if (time - habit.FailedAt <= Shortly && habit.Failed >= 2) Add(Reason.Failures, 1);
        if (time - habit.FailedAt <= Shortly && habit.Rejected >= 2) Add(Reason.Rejections, 1);
        var silence = time - Math.Max(habit.LastSeen, _rates.LastActiveOf(e.Principal!));
        var dormant = silence >= _dormant.After.Ticks;
        if (dormant) Add(Reason.Dormant, 1);
        // The principal's own sign-in meanwhile does not end the watch over a stranger one.
        if (habit.SuspectAt != 0 && time - habit.SuspectAt <= Afterwards && points < habit.SuspectPoints) return;
        var unlike = (reasons & (Reason.NewCountry | Reason.NewDevice | Reason.TooFast)) != 0;
        (habit.SuspectAt, habit.SuspectNetwork, habit.SuspectSession) = (unlike ? time : 0, e.SourceIp.Neighbourhood, null);
        _scope.Current?.Note(
            TraceStep.Baseline,
            $"sign-in of {e.Principal!.Text}: {points} points of {ToReport} needed{(reasons == 0 ? "" : $" ({reasons})")}; {habit.CountryCount} countries and {habit.DeviceCount} devices seen in {habit.SignIns} sign-ins");
        (habit.SuspectPoints, habit.Reasons, habit.Privileged) = ((byte)points, (byte)reasons, 0);
        (habit.SuspectFrom, habit.SuspectCountry) = (habit.LastCountry, country);
        habit.WokeAfter = dormant ? silence : 0;

        void Add(Reason reason, int weight)
        {
            reasons |= reason;
            points += weight;
        }
    }

    private void NotePrivileged(in TelemetryEvent e, long time, Outcome outcome)
    {
        var index = _habits.Find(new SymbolKey(e.Principal!));
        if (index < 0) return;
        ref var habit = ref _habits.At(index).State;
        if (habit.SuspectAt == 0 || time - habit.SuspectAt > Afterwards)
        {
            if (e.Outcome == EventOutcome.Success) habit.Administering.Note(time);
            else if (e.Outcome == EventOutcome.Denied) habit.Refusals.Note(time);
            return;
        }

        if (habit.SuspectSession is not null && e.Session is not null ? !habit.SuspectSession.Equals(e.Session) : e.SourceIp.Neighbourhood != habit.SuspectNetwork) return;
        if (habit.Privileged == byte.MaxValue) return;
        habit.Privileged++;
        // Of an administrator with a new device, from where it may well be, privileged calls say little; and denied ones of whoever is denied some every other day.
        var isUsual = (Reason)habit.Reasons == Reason.NewDevice
            && (e.Outcome == EventOutcome.Success ? habit.Administering.IsAt(time) : e.Outcome == EventOutcome.Denied && habit.Refusals.IsAt(time));
        if (habit.Privileged == 1) habit.SuspectPoints += (byte)(isUsual ? 1 : 2);
        else if (habit.Privileged == 3) habit.SuspectPoints++;
        else return;
        if (habit.SuspectPoints >= ToReport) Report(ref habit, e, time, outcome);
    }

    private void Report(ref PrincipalHabit habit, in TelemetryEvent e, long time, Outcome outcome)
    {
        var reasons = (Reason)habit.Reasons;
        Signal signal;
        if (habit.WokeAfter > 0 && habit.Privileged > 0 && _dormant.Enabled) signal = Signal.DormantPrincipal;
        else if ((reasons & Reason.TooFast) != 0 && _travel.Enabled) signal = Signal.ImpossibleTravel;
        else if (_unfamiliar.Enabled) signal = Signal.UnfamiliarSignIn;
        else return;

        // A device the principal has long had speaks for the principal: told, and nothing done about it.
        var severity = (reasons & Reason.KnownDevice) != 0 || habit.SuspectPoints < ToMedium ? Severity.Low
            : habit.SuspectPoints < ToHigh ? Severity.Medium : Severity.High;
        var seen = new Observation(time, habit.SuspectAt, time, habit.SuspectPoints, 0, ToReport, null, severity);
        var entity = new Entity(EntityKind.Principal, e.Principal!.Text);
        // One cause, one alert: what was first told as travel stays that.
        var episode = _scope.Alerts.Find(signal, entity, time)
            ?? _scope.Alerts.Find(Signal.ImpossibleTravel, entity, time) ?? _scope.Alerts.Find(Signal.UnfamiliarSignIn, entity, time);
        if (episode is null) episode = _scope.Alerts.Open(signal, entity, seen, outcome);
        else episode.Take(seen);
        episode.Principal = entity.Id;
        episode.Address = e.SourceIp.IsNone ? null : e.SourceIp.ToNetworkString();
        episode.Detail = Sentence(habit);
        episode.AddEvent(e.Id.ToString());
        if (e.Session is not null)
        {
            episode.Session = e.Session.Text;
            episode.AddDriver(new Entity(EntityKind.Session, e.Session.Text));
        }

        episode.AddDriver(entity);
        _scope.Alerts.Tell(episode, outcome);
    }

    private static string Sentence(in PrincipalHabit habit)
    {
        var (reasons, country) = ((Reason)habit.Reasons, habit.SuspectCountry);
        List<string> parts = [];
        if ((reasons & Reason.TooFast) != 0) parts.Add($"too soon after being in {Countries.Name(habit.SuspectFrom)} to have travelled to {Countries.Name(country)}");
        else if ((reasons & Reason.NewCountry) != 0) parts.Add($"from {Countries.Name(country)} for the first time");
        if ((reasons & Reason.NewDevice) != 0) parts.Add("on a device never seen before");
        if ((reasons & Reason.KnownDevice) != 0) parts.Add("on a known device");
        if ((reasons & Reason.Failures) != 0) parts.Add("after failed attempts");
        if ((reasons & Reason.Rejections) != 0) parts.Add("after second factors were refused");
        if (habit.WokeAfter > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"after {habit.WokeAfter / TimeSpan.TicksPerDay} days of silence"));
        if (habit.Privileged > 0) parts.Add($"and then made {(habit.Privileged < 3 ? "a privileged or denied call" : "several privileged or denied calls")}");
        return " " + string.Join(", ", parts);
    }

    public void Save(StateWriter writer) => _habits.Save(writer, static (w, entry) =>
    {
        ref readonly var s = ref entry.State;
        w.Symbol(entry.Key.Symbol);
        w.Raw(s.Countries);
        w.Raw(s.Devices);
        w.Raw((s.FirstSeen, s.LastAt, s.LastSeen, s.FailedAt, s.SuspectAt, s.WokeAfter));
        w.Raw((s.SignIns, s.LastCountry, s.SuspectFrom, s.SuspectCountry));
        w.Raw((s.CountryCount, s.DeviceCount, s.Failed, s.Rejected));
        w.Raw((s.SuspectPoints, s.Privileged, s.Reasons));
        w.Raw((s.Administering, s.Refusals));
        w.Symbol(s.LastSession);
        w.Symbol(s.SuspectSession);
        s.LastNetwork.Save(w);
        s.SuspectNetwork.Save(w);
    });

    public void Load(ref StateReader reader) => _habits.Load(ref reader, static (ref StateReader r, ref KeyedTable<SymbolKey, PrincipalHabit>.Entry entry) =>
    {
        entry.Key = new SymbolKey(r.Symbol());
        ref var s = ref entry.State;
        (s.Countries, s.Devices) = (r.Raw<PrincipalHabit.Traits>(), r.Raw<PrincipalHabit.Traits>());
        (s.FirstSeen, s.LastAt, s.LastSeen, s.FailedAt, s.SuspectAt, s.WokeAfter) = r.Raw<(long, long, long, long, long, long)>();
        (s.SignIns, s.LastCountry, s.SuspectFrom, s.SuspectCountry) = r.Raw<(ushort, ushort, ushort, ushort)>();
        (s.CountryCount, s.DeviceCount, s.Failed, s.Rejected) = r.Raw<(byte, byte, byte, byte)>();
        (s.SuspectPoints, s.Privileged, s.Reasons) = r.Raw<(byte, byte, byte)>();
        (s.Administering, s.Refusals) = r.Raw<(PrincipalHabit.Custom, PrincipalHabit.Custom)>();
        (s.LastSession, s.SuspectSession) = (r.SymbolOrNull(), r.SymbolOrNull());
        (s.LastNetwork, s.SuspectNetwork) = (NetworkAddress.Load(ref r), NetworkAddress.Load(ref r));
        if (s.CountryCount > PrincipalHabit.Kept || s.DeviceCount > PrincipalHabit.Kept) throw new InvalidDataException("a principal's habit in the lane checkpoint has an impossible size");
    });
}
