using System.Text.Json;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Testing;
using static AnomalyDetect.Core.Tests.Lanes.Floods;

namespace AnomalyDetect.Core.Tests.Lanes;

/// <summary>A flood of names, in one tenant or in many, takes no more memory than a lane may take, and nothing of what others are guaranteed.</summary>
[TestClass]
public sealed class MemoryBudgetTests
{
    private const int Tenants = 16;

    private const int TinyIds = 4_096;

    private static readonly DateTime T0 = SomeTelemetry.Monday;

    private static EngineOptions Options(long bytes = 8_000_000, int tenants = Tenants)
    {
        var options = SomeTelemetry.Options();
        return options with
        {
            Model = SomeModel.Create(),
            Detection = options.Detection with { Limits = new LimitOptions { MemoryBytes = bytes, Tenants = tenants, DedupeIds = TinyIds } },
        };
    }

    private static Lane Feed(Lane lane, IEnumerable<TelemetryEvent> events, Outcome? outcome = null, int batch = 100, Action<Lane>? after = null)
    {
        outcome ??= new Outcome();
        foreach (var chunk in events.Chunk(batch))
        {
            var next = new EventBatch(chunk.Length) { ObservedAt = chunk[^1].OccurredAt };
            foreach (var e in chunk) next.Add(e with { ObservedAt = e.OccurredAt });
            lane.Process(next, outcome);
            after?.Invoke(lane);
        }

        return lane;
    }

    private static byte[] StateOf(Lane lane, string tenant)
    {
        var writer = new StateWriter();
        lane.Tenants.Single(t => t.Tenant.Text == tenant).Save(writer);
        return writer.ToArray();
    }

    private static List<string> AlertsOf(Outcome outcome, string? tenant = null) =>
        [.. outcome.Alerts.Where(a => tenant is null || a.TenantId == tenant).Select(a => JsonSerializer.Serialize(a, CoreJson.Default.Alert)).Order(StringComparer.Ordinal)];

    private static void AreSame(List<string> expected, List<string> actual)
    {
        var odd = expected.Except(actual).Concat(actual.Except(expected)).Order(StringComparer.Ordinal).ToList();
        Assert.IsTrue(odd.Count == 0 && expected.Count == actual.Count, $"{expected.Count} and {actual.Count} revisions, {odd.Count} differ, such as\n{string.Join('\n', odd.Take(2))}");
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(2, 3)]
    [DataRow(3, 14)]
    public void Whatever_floods_a_lane_all_that_it_holds_stays_within_its_memory(int seed, int tenants)
    {
        var options = Options();
        var lane = new Lane(options);
        Feed(lane, Flood(seed, T0, 120_000, [.. Enumerable.Range(0, tenants).Select(i => $"t{i}")]), after: l =>
        {
            l.LookAtSizes();
            Assert.IsLessThanOrEqualTo(options.Detection.Limits.MemoryBytes!.Value, l.Statistics.HeldBytes);
            Assert.IsLessThanOrEqualTo(l.Statistics.HeldBytes, l.Statistics.StateBytes, "what is counted is no less than what there is");
            Assert.AreEqual(l.Tenants.Sum(t => t.Memory.Settled), l.Memory.Used);
            foreach (var tenant in l.Tenants) Assert.IsLessThanOrEqualTo(tenant.Memory.Settled, tenant.Memory.Shares.Sum(s => s.Share.Over));
        });
        Assert.IsGreaterThan(0, lane.Statistics.Refusals);
        Assert.IsGreaterThan(options.Detection.Limits.MemoryBytes!.Value / 4, lane.Statistics.HeldBytes);
    }

    [TestMethod]
    public void Names_of_a_thousand_characters_are_fewer_names()
    {
        var options = Options(24_000_000, 8);
        static IEnumerable<TelemetryEvent> Long(int events) => Flood(7, T0, events, "acme").Select(e => e with
        {
            Principal = Symbol.Create(e.Principal!.Text.PadRight(1_000, 'x')),
            Session = Symbol.Create(e.Session!.Text.PadRight(1_000, 'x')),
            Partner = e.Partner is null ? null : Symbol.Create(e.Partner.Text.PadRight(1_000, 'x')),
        });
        var (lane, outcome) = (new Lane(options), new Outcome());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Feed(lane, Long(40_000), outcome, after: _ => outcome.Clear());
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(lane);
        Assert.IsGreaterThan(0, lane.Memory.Refusals);
        Assert.IsLessThanOrEqualTo(options.Detection.Limits.MemoryBytes!.Value, held, $"{held:N0} bytes of the heap");
        var ordinary = Feed(new Lane(options), Flood(7, T0, 40_000, "acme"));
        lane.LookAtSizes();
        ordinary.LookAtSizes();
        Assert.IsLessThan(ordinary.Statistics.Sessions / 2, lane.Statistics.Sessions);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(Tenants - 1)]
    public void A_flood_elsewhere_changes_nothing_for_a_tenant_within_its_guaranteed_memory(int flooded)
    {
        var options = Options();
        var names = Enumerable.Range(0, flooded).Select(i => $"evil{i}").ToArray();
        var work = Work("small", T0.AddMinutes(5), 20).ToList();
        var (alone, beside) = (new Outcome(), new Outcome());
        // The flood was there first, and goes on.
        var flood = Flood(5, T0, 150_000, names).ToList();
        var quiet = Feed(new Lane(options), work.Append(SomeTelemetry.Event(flood[^1].OccurredAt.AddSeconds(1), "clock", "clock")), alone);
        var loud = Feed(new Lane(options), Merged(flood, work).Append(SomeTelemetry.Event(flood[^1].OccurredAt.AddSeconds(1), names[0], "clock")), beside);
        Assert.IsGreaterThan(1_000, loud.Memory.Refusals);
        Assert.AreEqual(0, loud.Tenants.Single(t => t.Tenant.Text == "small").Memory.Settled, "it needs nothing of the pool");
        foreach (var lane in new[] { quiet, loud }) lane.Advance(flood[^1].OccurredAt.AddMinutes(30), new Outcome());
        CollectionAssert.AreEqual(StateOf(quiet, "small"), StateOf(loud, "small"));
        AreSame(AlertsOf(alone, "small"), AlertsOf(beside, "small"));
    }

    [TestMethod]
    public void An_attack_on_a_small_tenant_is_found_while_others_are_flooded()
    {
        var names = Enumerable.Range(0, Tenants - 1).Select(i => $"evil{i}").ToArray();
        var at = T0.AddMinutes(12);
        TelemetryEvent In(TelemetryEvent e) => e with { Tenant = Symbol.Create("small") };
        var attack = Enumerable.Range(0, 30).Select(i => In(Acts.Of(EventType.PolicyDecision, at.AddSeconds(i), "mallory") with { Outcome = EventOutcome.Denied }))
            .Concat(Enumerable.Range(0, 40).Select(i => In(Acts.Of(EventType.TokenValidation, at.AddSeconds(i), "x", "198.51.100.9").Failed(FailureReason.InvalidClaim))))
            .Concat(Enumerable.Range(0, 30).Select(i => In(Acts.Of(EventType.ApiCall, at.AddSeconds(i), "ada1").Missing($"/invoice/{i}"))))
            .Concat(Enumerable.Range(0, 8).Select(i => In(Acts.Of(EventType.ApiCall, at.AddSeconds(i * 20), "ada2", i % 4 < 2 ? "198.51.100.1" : i % 4 == 2 ? "203.0.113.2" : "192.0.2.3").During("s2"))))
            .Concat(Enumerable.Range(0, 8).Select(i => In(Acts.Of(EventType.DelegationGrant, at.AddSeconds(i), "ada3") with { Outcome = EventOutcome.Denied, Partner = Symbol.Create("partner") })))
            .Concat(Enumerable.Range(0, 40).Select(i => In(Acts.Login(at.AddSeconds(i), $"victim{i}", "198.51.100.77").Failed())));
        var outcome = new Outcome();
        var lane = Feed(new Lane(Options()), Merged(Flood(9, T0, 150_000, names), Work("small", T0.AddMinutes(5), 12), attack), outcome);
        Assert.IsGreaterThan(1_000, lane.Memory.Refusals);
        var found = outcome.Alerts.Where(a => a.TenantId == "small").Select(a => a.Signal).ToHashSet();
        foreach (var signal in new[] { Signal.PolicyViolationBurst, Signal.InvalidClaimInjection, Signal.ResourceEnumeration, Signal.SessionHijack, Signal.DelegationScopeAbuse, Signal.PasswordSpraying })
            Assert.Contains(signal, found, $"{signal} is not among {string.Join(", ", found)}");
    }

    /// <summary>Floods of several tenants that end, one after the other, over hours; quiet tenants between them, and some that are displaced.</summary>
    private static List<TelemetryEvent> Hours(int seed) =>
    [
        .. Merged(
            Flood(seed, T0, 12_000, "a", "b"), Flood(seed + 1, T0.AddMinutes(50), 12_000, "b", "c", "d"), Flood(seed + 2, T0.AddMinutes(130), 12_000, "a", "e"), Work("w", T0.AddMinutes(2), 200),
            Flood(seed + 3, T0.AddMinutes(150), 6_000, [.. Enumerable.Range(0, 20).Select(i => $"t{i}")])),
    ];

    [TestMethod]
    public void Saved_and_loaded_at_any_moment_of_a_flood_it_goes_on_as_if_nothing_had_been()
    {
        var options = Options(6_000_000);
        for (var seed = 0; seed < 2; seed++)
        {
            var (events, chance) = (Hours(seed * 10), new Random(seed));
            var (through, again) = (new Outcome(), new Outcome());
            var (whole, lane) = (new Lane(options), new Lane(options));
            foreach (var piece in events.Chunk(1_777))
            {
                Feed(whole, piece, through, batch: 50);
                var cut = chance.Next(1, piece.Length);
                Feed(lane, piece[..cut], again, batch: 50);
                lane = Lane.Load(options, lane.Save());
                Feed(lane, piece[cut..], again, batch: 50);
            }

            Assert.IsGreaterThan(1_000, whole.Memory.Refusals);
            Assert.AreEqual((whole.Memory.Refusals, whole.Memory.Used), (lane.Memory.Refusals, lane.Memory.Used));
            CollectionAssert.AreEqual(whole.Save(), lane.Save());
            AreSame(AlertsOf(through), AlertsOf(again));
        }
    }

    [TestMethod]
    public void Where_batches_are_cut_changes_nothing_of_what_is_given_and_refused()
    {
        var options = Options(6_000_000);
        var events = Hours(100);
        var results = new[] { 1, 37, 5_000 }.Select(size =>
        {
            var outcome = new Outcome();
            var lane = Feed(new Lane(options), events, outcome, size);
            lane.Complete(outcome);
            return (lane.Memory.Refusals, lane.Memory.Used, Alerts: AlertsOf(outcome));
        }).ToList();
        Assert.IsGreaterThan(1_000, results[0].Refusals);
        foreach (var result in results)
        {
            Assert.AreEqual((results[0].Refusals, results[0].Used), (result.Refusals, result.Used));
            AreSame(results[0].Alerts, result.Alerts);
        }
    }

    [TestMethod]
    public void What_a_flood_took_is_there_for_others_an_hour_after_it_is_idle()
    {
        var options = Options();
        var lane = Feed(new Lane(options), Flood(3, T0, 60_000, "evil"));
        var used = lane.Memory.Used;
        Assert.IsGreaterThan(lane.Memory.Pool / 3, used);
        Feed(lane, Work("clock", T0.AddHours(3), 60));
        // Principals and their sign-in habits are remembered for 30 days, whom a tenant calls and who calls for longer than these hours.
        var rest = lane.Tenants.Single(t => t.Tenant.Text == "evil").Memory.Shares.Where(s => s.Share.Over > 0).Select(s => s.Part.ToString()).ToList();
        Assert.IsEmpty(rest.Except(["Principals", "Habits", "Callers", "Visitors", "Enumeration"]).ToList());
        Assert.IsLessThan(used * 2 / 3, lane.Memory.Used);
    }

    [TestMethod]
    public void A_tenant_that_is_displaced_leaves_what_it_held()
    {
        var lane = Feed(new Lane(Options(tenants: 2)), Flood(3, T0, 30_000, "evil"));
        Assert.IsGreaterThan(0, lane.Memory.Used);
        Feed(lane, [SomeTelemetry.Event(T0.AddMinutes(10), "one"), SomeTelemetry.Event(T0.AddMinutes(10), "two")]);
        Assert.AreEqual(0, lane.Memory.Used);
    }

    [TestMethod]
    public void A_shortage_is_told_once_an_hour_with_its_tenant_and_what_to_raise()
    {
        var outcome = new Outcome();
        Feed(new Lane(Options()), Flood(3, T0, 60_000, "evil").Concat(Flood(4, T0.AddHours(1), 60_000, "evil")), outcome);
        Assert.AreSequenceEqual([T0, T0.AddHours(1)], outcome.MemoryShortages.Select(s => s.Hour));
        Assert.Contains("of tenant evil", outcome.MemoryShortages[0].Explanation);
        Assert.Contains("detection.limits.memory_bytes", outcome.MemoryShortages[0].Explanation);
    }

    [TestMethod]
    public void Less_memory_takes_nothing_away_and_gives_nothing_and_more_gives_again()
    {
        var (large, small) = (Options(), Options(4_000_000));
        var lane = Feed(new Lane(large), Flood(3, T0, 30_000, "evil"));
        lane.LookAtSizes();
        var sessions = lane.Statistics.Sessions;
        lane.Reconfigure(small);
        lane.LookAtSizes();
        Assert.AreEqual(sessions, lane.Statistics.Sessions);
        Assert.IsGreaterThan(lane.Memory.Pool, lane.Memory.Used);
        var used = lane.Memory.Used;
        Feed(lane, Flood(4, T0.AddMinutes(4), 30_000, "evil"));
        Assert.IsLessThanOrEqualTo(used, lane.Memory.Used);
        lane.Reconfigure(Options(64_000_000));
        Feed(lane, Flood(5, T0.AddMinutes(8), 30_000, "evil"));
        Assert.IsGreaterThan(used, lane.Memory.Used);
    }

    [TestMethod]
    public void Options_whose_tenants_have_no_room_are_refused_with_the_numbers()
    {
        var options = Options(1_100_000);
        var error = EngineOptionsValidator.Validate(options).Single();
        var least = MemoryPlan.Of(options with { Shadow = options.Model }, Lane.DefaultLateness.Ticks, collectsFeatures: true);
        Assert.StartsWith($"detection.limits.memory_bytes must be at least {least.LeastBytes}, not 1100000", error);
        Assert.Contains($"{Tenants} tenants (detection.limits.tenants) of at least {least.LeastTenantBytes} each", error);
        Assert.IsEmpty(EngineOptionsValidator.Validate(Options(least.LeastBytes)));
        Assert.HasCount(1, EngineOptionsValidator.Validate(Options(least.LeastBytes - 1)));
        Assert.StartsWith("detection.limits.memory_bytes must be", EngineOptionsValidator.Validate(Options(0)).Single());
    }

    [TestMethod]
    public void Where_nobody_says_how_much_it_is_what_the_tenants_need_when_they_need_more()
    {
        var options = SomeTelemetry.Options();
        Assert.AreEqual(2L << 30, MemoryPlan.Of(options, Lane.DefaultLateness.Ticks).Bytes);
        var late = options with
        {
            Detection = options.Detection with { AllowedLateness = TimeSpan.FromHours(1), DedupeHorizon = TimeSpan.FromHours(1), Limits = options.Detection.Limits with { Tenants = 50_000 } },
        };
        Assert.IsEmpty(EngineOptionsValidator.Validate(late));
        var plan = MemoryPlan.Of(late, TimeSpan.TicksPerHour);
        Assert.IsGreaterThan(2L << 30, plan.Bytes);
        Assert.AreEqual(plan.LeastBytes, plan.Bytes);
        Assert.IsGreaterThanOrEqualTo(plan.LeastTenantBytes * plan.Tenants, plan.Pool);
    }

    [TestMethod]
    public void Who_has_a_tenants_own_signals_that_need_more_counts_for_all()
    {
        var options = Options();
        var busy = options with { Detection = options.Detection with { TenantSignals = new Dictionary<string, SignalOptions> { ["big"] = new() { MlSpike = new() { BusiestPrincipals = 256 } } } } };
        Assert.IsGreaterThan(MemoryPlan.Of(options, Lane.DefaultLateness.Ticks).LeastBytes, MemoryPlan.Of(busy, Lane.DefaultLateness.Ticks).LeastBytes);
    }
}
