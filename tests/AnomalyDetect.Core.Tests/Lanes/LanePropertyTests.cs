using System.Text.Json;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Geography;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Testing;
using CsCheck;

namespace AnomalyDetect.Core.Tests.Lanes;

/// <summary>What comes out depends on the events and their order, and on nothing else.</summary>
[TestClass]
public sealed class LanePropertyTests
{
    private static readonly string[] Tenants = ["acme", "globex", "initech"];

    /// <summary>
    /// A busy, disordered hour and a half of three small tenants, of which one falls silent: every signal's events, late ones and duplicates among them. Days
    /// before it, everybody signed in from home.
    /// </summary>
    private static readonly Gen<TelemetryEvent[]> Log =
        Gen.Select(Gen.Int[0, 90 * 60], Gen.Int[0, 2], Gen.Int[0, 15], Gen.Int[0, 3], Gen.Int[0, 4], Gen.Int[-100, 20], Gen.Int[0, 400])
            .Array[600, 900].Select(rows => Build([.. rows.OrderBy(r => r.Item1)]));

    private static readonly ushort Home = Countries.Pack("DE");
    private static readonly ushort Abroad = Countries.Pack("SG");

    private static TelemetryEvent[] Build((int Second, int Tenant, int Kind, int Who, int From, int Shift, int Id)[] rows)
    {
        var observed = DateTime.MinValue;
        return
        [
            .. Enumerable.Range(0, 24).Select(i => SomeTelemetry.Event(SomeTelemetry.Monday.AddDays((i / 12) - 3).AddMinutes(i), Tenants[i % 3], $"home{i}") with
            {
                Type = EventType.Login,
                Principal = Symbol.Create($"u{i / 3 % 4}"),
                SourceIp = NetworkAddress.Parse("203.0.0.7"),
                Country = Home,
                DeviceId = TextSlice.Of("laptop"),
            }),
            .. rows.Select((r, i) =>
            {
                if (r.Tenant == 2 && r.Second > 45 * 60) r.Tenant = 0;
                var at = SomeTelemetry.Monday.AddSeconds(r.Second + (r.Shift < -60 ? r.Shift : r.Shift / 10.0));
                if (at > observed) observed = at;
                var e = SomeTelemetry.Event(at, Tenants[r.Tenant], r.Id < 40 ? $"dup{r.Id}" : $"e{i}") with
                {
                    ObservedAt = observed,
                    Principal = Symbol.Create($"u{r.Who}"),
                    Session = Symbol.Create($"s{r.Who}"),
                    SourceIp = NetworkAddress.Parse($"203.0.{r.From}.7"),
                    Country = r.From < 3 ? Home : Abroad,
                    Asn = (uint)r.From,
                    DeviceId = TextSlice.Of(r.From < 2 ? "laptop" : $"d{r.From}"),
                    TokenId = TextSlice.Of($"t{r.Who}"),
                    Count = r.Kind == 1 ? 20 : 3,
                };
                return r.Kind switch
                {
                    0 => e with { Type = EventType.TokenValidation, Outcome = EventOutcome.Failure, Reason = FailureReason.InvalidClaim },
                    1 => e with { TargetTenant = Symbol.Create($"umbrella{r.Id % 4}"), Partner = r.Who == 0 ? Symbol.Create("p") : null },
                    2 => e with { Type = EventType.DelegationGrant, Outcome = EventOutcome.Denied, Partner = Symbol.Create($"p{r.Who}") },
                    3 => e with { Outcome = EventOutcome.Denied },
                    4 => e with { Type = EventType.Login },
                    5 or 6 => e with { Type = EventType.Login, Outcome = EventOutcome.Failure, Reason = FailureReason.BadPassword },
                    7 => e with { Type = EventType.MfaChallenge, Outcome = EventOutcome.Failure, Reason = FailureReason.UserRejected },
                    8 => e with { Type = r.Id % 2 == 0 ? EventType.MfaChallenge : EventType.SessionStart },
                    9 => e with { Type = EventType.ConfigChange },
                    10 => e with { Type = EventType.TokenValidation, Outcome = EventOutcome.Failure, Reason = FailureReason.BadSignature, Count = 1 },
                    12 => e with { Outcome = EventOutcome.Failure, Resource = TextSlice.Of($"/{r.Id % 16}"), Count = 1 },
                    11 => e with { Internal = r.Id % 5 == 0 },
                    _ => e,
                };
            }),
        ];
    }

    private static EngineOptions QuickOptions(int counters = 50_000)
    {
        var options = SomeTelemetry.Options();
        return options with
        {
            Model = SomeModel.Create() with { Cohorts = [SomeModel.Cohort(SomeModel.Entity().Mean, 100)] },
            Detection = options.Detection with
            {
                Signals = new SignalOptions
                {
                    ApiCallRate = new RateOptions { WarmUpWindows = 10 },
                    LoginRate = new RateOptions { WarmUpWindows = 10 },
                    PolicyViolationBurst = new ThresholdOptions { Threshold = 5 },
                    PasswordSpraying = new ThresholdOptions { Threshold = 2, Window = TimeSpan.FromHours(1) },
                    CredentialStuffing = new StuffingOptions { Failures = 10, Sources = 2 },
                    InvalidClaimInjection = new InvalidClaimOptions { Threshold = 20, SlowThreshold = 15, SpreadThreshold = 5, SpreadSources = 1 },
                    MfaFatigue = new ThresholdOptions { Threshold = 2, Window = TimeSpan.FromMinutes(10) },
                    ResourceEnumeration = new ThresholdOptions { Threshold = 2, Window = TimeSpan.FromMinutes(30) },
                    CrossTenantFanOut = new ThresholdOptions { Threshold = 2, Window = TimeSpan.FromMinutes(30) },
                    DormantPrincipal = new DormantOptions { After = TimeSpan.FromDays(1) },
                    TelemetrySilence = new SilenceOptions { Expected = 5 },
                },
                Limits = new LimitOptions { Counters = counters, Principals = 16, Sessions = 16 },
            },
        };
    }

    /// <summary>Final alerts, decisions and counts as text.</summary>
    private static string Result(IEnumerable<Outcome> outcomes)
    {
        var all = outcomes.ToList();
        var alerts = all.SelectMany(o => o.Alerts).Select(a => JsonSerializer.Serialize(a, CoreJson.Default.Alert)).Order(StringComparer.Ordinal);
        var decisions = all.SelectMany(o => o.Decisions).Select(d => JsonSerializer.Serialize(d, CoreJson.Default.Decision)).Order(StringComparer.Ordinal);
        var counters = new OutcomeCounters();
        foreach (var o in all) counters.Add(o.Counters);
        return string.Join('\n', alerts.Concat(decisions)) + $"\n{counters.Events} {counters.Duplicates} {counters.Late} {counters.Skewed} {counters.Ignored}";
    }

    private static string Run(TelemetryEvent[] log, int batchSize, EngineOptions? options = null, bool complete = true)
    {
        var lane = new Lane(options ?? QuickOptions());
        var outcome = new Outcome();
        foreach (var chunk in log.Chunk(batchSize))
        {
            var batch = new EventBatch { ObservedAt = chunk[^1].ObservedAt };
            foreach (var e in chunk) batch.Add(e);
            lane.Process(batch, outcome);
        }

        if (complete) lane.Complete(outcome);
        return Result([outcome]);
    }

    [TestMethod]
    public void Where_batches_are_cut_changes_nothing() =>
        Gen.Select(Log, Gen.Int[1, 200]).Sample((log, size) => Assert.AreEqual(Run(log, log.Length), Run(log, size)), iter: 40);

    [TestMethod]
    public void Nor_what_has_come_out_while_the_log_goes_on() =>
        Gen.Select(Log, Gen.Int[1, 6], Gen.Int[400, 900]).Sample((log, size, until) =>
        {
            var seen = log[..Math.Min(until, log.Length)];
            Assert.AreEqual(Run(seen, seen.Length, complete: false), Run(seen, size, complete: false));
        }, iter: 200);

    [TestMethod]
    public void The_logs_make_alerts_of_every_signal_to_compare()
    {
        var found = new HashSet<string>();
        Log.Sample(
            log =>
            {
                var result = Run(log, 100);
                lock (found) found.UnionWith(Core.Names.All<Core.Alerts.Signal>().Where(s => result.Contains($"\"signal\":\"{s}\"", StringComparison.Ordinal)));
            },
            iter: 40);
        // Delegations are few for a rate, and no model is given.
        Assert.AreEqual("", string.Join(' ', Core.Names.All<Core.Alerts.Signal>().Except(found).Except(["delegation_rate", "ml_spike"])));
    }

    [TestMethod]
    public void How_many_lanes_share_the_log_changes_nothing() =>
        Gen.Select(Log, Gen.Int[2, 5], Gen.Int[1, 200]).Sample((log, lanes, size) =>
        {
            var engines = Enumerable.Range(0, lanes).Select(_ => new Lane(QuickOptions())).ToArray();
            var outcomes = engines.Select(_ => new Outcome()).ToArray();
            foreach (var chunk in log.Chunk(size))
            {
                var batch = new EventBatch { ObservedAt = chunk[^1].ObservedAt };
                foreach (var e in chunk) batch.Add(e);
                for (var n = 0; n < lanes; n++)
                {
                    var mine = Enumerable.Range(0, chunk.Length).Where(i => (int)(chunk[i].Tenant.Hash % (uint)lanes) == n).ToArray();
                    engines[n].Process(batch, mine, outcomes[n]);
                }
            }

            for (var n = 0; n < lanes; n++) engines[n].Complete(outcomes[n]);
            Assert.AreEqual(Run(log, log.Length), Result(outcomes));
        }, iter: 40);

    [TestMethod]
    public void A_restart_at_any_point_changes_nothing() =>
        Gen.Select(Log, Gen.Int[0, 899], Gen.Bool).Sample((log, cut, small) =>
        {
            // Small tables, so that eviction too goes on as if nothing had been.
            var options = QuickOptions(small ? 16 : 50_000);
            var lane = new Lane(options);
            var outcome = new Outcome();
            for (var i = 0; i < log.Length; i++)
            {
                if (i == cut) lane = Lane.Load(options, lane.Save());
                var batch = new EventBatch(1) { ObservedAt = log[i].ObservedAt };
                batch.Add(log[i]);
                lane.Process(batch, outcome);
            }

            lane.Complete(outcome);
            Assert.AreEqual(Run(log, log.Length, options), Result([outcome]));
        }, iter: 40);

    [TestMethod]
    public void Saving_a_loaded_lane_gives_the_same_bytes() =>
        Log.Sample(log =>
        {
            var lane = new Lane(QuickOptions());
            var outcome = new Outcome();
            var batch = new EventBatch { ObservedAt = log[^1].ObservedAt };
            foreach (var e in log) batch.Add(e);
            lane.Process(batch, outcome);
            var saved = lane.Save();
            CollectionAssert.AreEqual(saved, lane.Save());
            CollectionAssert.AreEqual(saved, Lane.Load(QuickOptions(), saved).Save());
        }, iter: 20);

    [TestMethod]
    public void A_damaged_checkpoint_is_refused() =>
        Gen.Select(Log, Gen.Int[0, int.MaxValue - 1], Gen.Byte[1, 255]).Sample((log, at, flip) =>
        {
            var lane = new Lane(QuickOptions());
            var batch = new EventBatch { ObservedAt = log[^1].ObservedAt };
            foreach (var e in log) batch.Add(e);
            lane.Process(batch, new Outcome());
            var saved = lane.Save();
            saved[at % saved.Length] ^= flip;
            Assert.ThrowsExactly<InvalidDataException>(() => Lane.Load(QuickOptions(), saved));
            Assert.ThrowsExactly<InvalidDataException>(() => Lane.Load(QuickOptions(), saved.AsSpan(0, at % saved.Length)));
        }, iter: 20);

    [TestMethod]
    public void New_options_keep_what_was_learned()
    {
        var bench = new LaneBench();
        for (var m = 0; m < 120; m++)
            for (var i = 0; i < 10; i++) bench.Add(SomeTelemetry.Event(SomeTelemetry.Monday.AddMinutes(m).AddSeconds(i)));
        var stricter = bench.Lane.Options with
        {
            Detection = bench.Lane.Options.Detection with
            {
                AllowedLateness = TimeSpan.FromMinutes(5),
                Signals = new SignalOptions { ApiCallRate = new RateOptions { Sigmas = 2 }, CrossTenantApiSpike = new CrossTenantOptions { Window = TimeSpan.FromMinutes(2) } },
            },
        };
        bench.Lane.Reconfigure(stricter);
        for (var m = 120; m < 130; m++)
            for (var i = 0; i < (m == 121 ? 60 : 10); i++) bench.Add(SomeTelemetry.Event(SomeTelemetry.Monday.AddMinutes(m).AddSeconds(i / 2.0)));
        bench.Complete();
        Assert.AreEqual(10, bench.The(Core.Alerts.Signal.ApiCallRate).Expected, 0.5);
        Assert.AreEqual(Playbook.Default, bench.Lane.Options.Playbook);
    }

    [TestMethod]
    public void Tables_stay_within_their_limits()
    {
        var bench = new LaneBench(QuickOptions(16));
        for (var i = 0; i < 20_000; i++)
        {
            bench.Add(SomeTelemetry.Event(SomeTelemetry.Monday.AddMilliseconds(i)) with
            {
                Principal = Symbol.Create($"u{i}"),
                Session = Symbol.Create($"s{i}"),
                SourceIp = NetworkAddress.FromIPv4(0xCB00_7100u + (uint)i),
                Outcome = EventOutcome.Denied,
            });
        }

        bench.Complete();
        Assert.IsLessThanOrEqualTo(16, bench.Lane.Statistics.Principals);
        Assert.IsLessThanOrEqualTo(16, bench.Lane.Statistics.Sessions);
        Assert.IsLessThanOrEqualTo(16, bench.Lane.Statistics.Counters);
        Assert.IsGreaterThan(50_000, bench.Lane.Statistics.Evictions);
    }

    [TestMethod]
    public void A_flood_of_new_names_does_not_displace_one_with_a_history()
    {
        var options = QuickOptions(16);
        var bench = new LaneBench(options);
        TelemetryEvent Denied(int ms, string who) =>
            SomeTelemetry.Event(SomeTelemetry.Monday.AddMilliseconds(ms)) with { Outcome = EventOutcome.Denied, Principal = Symbol.Create(who) };
        for (var i = 0; i < 8; i++) bench.Add(Denied(i, "attacker"));
        for (var i = 0; i < 5_000; i++) bench.Add(Denied(100 + i, $"noise{i}"));
        for (var i = 0; i < 3; i++) bench.Add(Denied(6_000 + i, "attacker"));
        Assert.AreEqual("attacker", bench.The(Core.Alerts.Signal.PolicyViolationBurst).PrincipalId);
    }
}
