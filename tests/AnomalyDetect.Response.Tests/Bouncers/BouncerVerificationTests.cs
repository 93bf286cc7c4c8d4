using AnomalyDetect.Response.Bouncers;

namespace AnomalyDetect.Response.Tests.Bouncers;

/// <summary>When it may be said that the bouncers hold a decision.</summary>
[TestClass]
public sealed class BouncerVerificationTests
{
    [TestMethod]
    public void A_decision_is_verified_when_every_live_bouncer_of_its_tenant_holds_it_and_so_is_its_undoing()
    {
        using var bench = new Bench();
        bench.Saw("a", 0);
        bench.Saw("b", 0, tenants: "acme");
        bench.Saw("elsewhere", 0, tenants: "globex");
        var decision = bench.Decide();
        bench.Saw("a", 1);
        Assert.DoesNotContain("verified", bench.Life(decision));
        bench.Saw("b", 1);
        Assert.EndsWith("verified at bouncers: all 2 live bouncers hold it", bench.Life(decision));

        bench.Store.Decisions.Undo(decision.Id, "ann", "a test");
        bench.Saw("a", 2);
        bench.Saw("b", 2);
        Assert.EndsWith("undo_verified at bouncers: all 2 live bouncers have let go of it", bench.Life(decision));
        Assert.IsNull(bench.Store.Store.Ledger.Verify(null, CancellationToken.None).Reason);
    }

    [TestMethod]
    public void Where_no_bouncer_is_nothing_is_verified_and_one_that_comes_late_verifies_nothing_old()
    {
        using var bench = new Bench();
        var decision = bench.Decide();
        bench.Round();
        Assert.AreEqual(0, bench.Verification.Waiting, "there is nobody to wait for");
        bench.Saw("a", 1);
        Assert.DoesNotContain("verified", bench.Life(decision));
        Assert.Contains("anomalydetect_bouncer_changes_total{result=\"unverified\"} 0", bench.Metrics());
    }

    [TestMethod]
    public void A_bouncer_that_falls_silent_is_waited_for_until_it_counts_as_gone()
    {
        using var bench = new Bench();
        bench.Saw("a", 0);
        bench.Saw("silent", 0);
        var decision = bench.Decide();
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        bench.Saw("a", 1);
        Assert.DoesNotContain("verified", bench.Life(decision));
        bench.Clock.Advance(LiveBouncers.Silence - TimeSpan.FromMinutes(1));
        bench.Saw("a", 1);
        Assert.EndsWith("verified at bouncers: the live bouncer holds it", bench.Life(decision));
    }

    [TestMethod]
    public void A_bouncer_that_has_no_room_for_all_or_no_whole_copy_yet_holds_nothing_for_sure_and_that_is_counted()
    {
        using var bench = new Bench();
        bench.Saw("full", 0, missing: 3);
        bench.Saw("new", null);
        var decision = bench.Decide();
        bench.Saw("new", 1);
        for (var waited = TimeSpan.Zero; waited < BouncerVerification.Patience; waited += TimeSpan.FromMinutes(1))
        {
            bench.Clock.Advance(TimeSpan.FromMinutes(1));
            bench.Saw("full", 1, missing: 3);
            bench.Saw("new", 1);
        }

        Assert.DoesNotContain("verified", bench.Life(decision));
        Assert.AreEqual(0, bench.Verification.Waiting, "it is not waited for for ever");
        Assert.Contains("anomalydetect_bouncer_changes_total{result=\"unverified\"} 1", bench.Metrics());
        Assert.AreEqual((2, 1, 0), bench.Live.Count(1));

        bench.Saw("full", 1);
        var next = bench.Decide();
        bench.Saw("full", 2);
        bench.Saw("new", 2);
        Assert.Contains("verified", bench.Life(next));
    }

    [TestMethod]
    public void After_a_restart_the_first_bouncer_back_does_not_stand_for_all()
    {
        using var bench = new Bench();
        bench.Saw("a", 0);
        bench.Saw("b", 0);
        var decision = bench.Decide();
        bench.Restart();
        bench.Saw("a", 1);
        Assert.DoesNotContain("verified", bench.Life(decision));
        bench.Saw("b", 1);
        Assert.EndsWith("verified at bouncers: all 2 live bouncers hold it", bench.Life(decision));
        bench.Restart();
        bench.Saw("a", 1);
        bench.Saw("b", 1);
        Assert.HasCount(1, bench.Store.Decisions.Life(decision.Id).Where(s => s.Step == "verified"), "and it is said once");
    }

    [TestMethod]
    public void Of_more_changes_than_can_be_waited_for_the_oldest_are_given_up_and_counted()
    {
        using var bench = new Bench();
        bench.Saw("stuck", 0);
        var decisions = bench.Store.Decide([.. Enumerable.Range(0, BouncerVerification.MostWaiting + 5).Select(i => Some.Decision(value: $"s-{i}", tenant: $"t-{i / 100}"))]);
        bench.Round();
        Assert.AreEqual(BouncerVerification.MostWaiting, bench.Verification.Waiting);
        bench.Saw("stuck", decisions.Count);
        Assert.DoesNotContain("verified", bench.Life(decisions[4]));
        Assert.Contains("verified", bench.Life(decisions[5]));
        Assert.Contains("verified", bench.Life(decisions[^1]));
        Assert.Contains("anomalydetect_bouncer_changes_total{result=\"unverified\"} 5", bench.Metrics());
    }

    [TestMethod]
    public void Of_more_bouncers_than_can_be_kept_nothing_is_said()
    {
        using var bench = new Bench();
        var decision = bench.Decide();
        for (var i = 0; i <= LiveBouncers.Most; i++) bench.Live.Saw(new BouncerSighting($"k1/{i}", [], 1, 0), TimeSpan.Zero);
        bench.Round();
        Assert.DoesNotContain("verified", bench.Life(decision));
        Assert.AreEqual(LiveBouncers.Most, bench.Live.Count(1).Live);
    }

    [TestMethod]
    public async Task The_running_watch_records_it_by_itself()
    {
        using var store = new ResponseStore(new ResponseOptions(), TimeProvider.System);
        await using var watch = new BouncerWatch(store.Store.Bouncers, store.Decisions, TimeProvider.System, new ResponseMetrics(Prometheus.Metrics.NewCustomRegistry()), new CapturingLoggers());
        watch.Start();
        watch.Live.Saw(new BouncerSighting("k1/a", [], 0, 0), TimeSpan.Zero);
        var decision = store.Decide(Some.Decision());
        watch.Live.Saw(new BouncerSighting("k1/a", [], 1, 0), TimeSpan.Zero);
        await Wait.UntilAsync(() => store.Decisions.Life(decision.Id)[^1].Step == "verified", "the decision to be verified");
    }

    private sealed class Bench : IDisposable
    {
        private readonly Prometheus.CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
        private int _decided;

        public Bench()
        {
            Store = new ResponseStore(new ResponseOptions(), Clock);
            Restart();
        }

        public FakeTimeProvider Clock { get; } = Some.Clock();

        public ResponseStore Store { get; }

        public LiveBouncers Live { get; private set; } = null!;

        public BouncerVerification Verification { get; private set; } = null!;

        public void Restart()
        {
            Store.Reopen();
            Live = new LiveBouncers(Store.Store.Bouncers, Clock);
            Verification = new BouncerVerification(Live, Store.Decisions, Store.Store.Bouncers, Clock, new ResponseMetrics(_registry));
        }

        public Decision Decide() => Store.Decide(Some.Decision(value: $"s-{++_decided}"));

        public void Saw(string name, long? applied, int missing = 0, params string[] tenants)
        {
            Live.Saw(new BouncerSighting($"k1/{name}", tenants, applied, missing), TimeSpan.Zero);
            Round();
        }

        public void Round() => Verification.Round();

        public string Life(Decision decision) =>
            string.Join('\n', Store.Decisions.Life(decision.Id).Select(s => $"{s.Step}{(s.Target is null ? "" : $" at {s.Target}")}: {s.Reason}"));

        public string Metrics()
        {
            using var text = new MemoryStream();
            _registry.CollectAndExportAsTextAsync(text).GetAwaiter().GetResult();
            return System.Text.Encoding.UTF8.GetString(text.ToArray());
        }

        public void Dispose() => Store.Dispose();
    }
}
