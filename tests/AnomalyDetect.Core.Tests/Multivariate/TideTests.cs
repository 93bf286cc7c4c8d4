using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.Tracing;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Multivariate;

/// <summary>What all principals of a tenant do more of is not told of each; what one does alone is.</summary>
[TestClass]
public sealed class TideTests
{
    private const int Known = 300; // windows: a whole day, and an hour
    private static readonly DateTime T0 = SomeTelemetry.Monday;
    private static readonly string[] Staff = ["ada", .. Enumerable.Range(1, 29).Select(i => $"user-{i}")];

    /// <summary>Six calls, in one session or in three and with twelve times the bytes.</summary>
    private static IEnumerable<TelemetryEvent> Work(string who, int window, bool busy) => Enumerable.Range(0, 6).Select(i =>
        Acts.Of(EventType.ApiCall, T0.AddMinutes(5 * window).AddSeconds(40 * i), who).In("DE").On("laptop").During(busy ? $"s-{who}-{i % 3}" : $"s-{who}") with
        {
            Resource = TextSlice.Of($"/v1/resource/{i % 2}"),
            Bytes = busy ? 60_000 : 5_000,
        });

    private static LaneBench Play(int windows, Func<string, int, bool> isBusy)
    {
        var bench = new LaneBench(SomeTelemetry.Options() with { Model = SomeModel.Create() });
        for (var w = 0; w < windows; w++)
            foreach (var who in Staff) bench.Add(Work(who, w, isBusy(who, w)));
        return bench.Complete();
    }

    [TestMethod]
    public void A_rush_of_everybody_is_nobodys()
    {
        // Those who are looked at first when it begins may be told.
        Assert.IsLessThan(Staff.Length / 4, Told(Play(Known + 12, (_, w) => w >= Known)).Length);
        Assert.AreSequenceEqual(new[] { "ada" }, Told(Play(Known + 12, (who, w) => w >= Known && who == "ada")));
    }

    [TestMethod]
    public void Whoever_follows_an_event_sees_what_was_taken_off()
    {
        var trace = new LaneTrace("followed", null);
        var lane = new Lane(SomeTelemetry.Options() with { Model = SomeModel.Create() }, trace);
        var outcome = new Outcome();
        var windows = Enumerable.Range(0, Known + 6).SelectMany(w => Staff.SelectMany(who => Work(who, w, w >= Known)).OrderBy(e => e.OccurredAt)).ToList();
        var followed = windows.Count - (2 * 6 * Staff.Length) - 1; // the last one of a window that two more follow
        windows[followed] = windows[followed] with { Id = TextSlice.Of("followed") };
        foreach (var e in windows)
        {
            var batch = new EventBatch(1) { ObservedAt = e.ObservedAt };
            batch.Add(e);
            lane.Process(batch, outcome);
        }

        lane.Complete(outcome);
        var note = trace.Notes.Single(n => n.Text.Contains("taken off each", StringComparison.Ordinal)).Text;
        StringAssert.Matches(note, new System.Text.RegularExpressions.Regex(@"sessions \d\.?\d*σ"));
    }

    private static string[] Told(LaneBench bench) => [.. bench.Final.Where(a => a.Signal == Signal.MlSpike && a.PrincipalId is not null).Select(a => a.PrincipalId!).Distinct()];

    [TestMethod]
    public void Only_what_is_above_the_usual_is_lowered()
    {
        var tide = new Tide();
        for (var i = 0; i < 500; i++) tide.Follow((ulong)(i % 2), Of(2, -1, 0.5f));
        var left = tide.Without(Of(5, 1, -2));
        Assert.AreEqual(3, left[0], 0.01, "less what all have in common");
        Assert.AreEqual(1, left[1], "that others do less makes nobody odd");
        Assert.AreEqual(-2, left[2]);
        Assert.AreSequenceEqual(new[] { ((Feature)0, 2), ((Feature)2, 0.5) }, tide.Risen().Select(r => (r.Feature, Math.Round(r.Rise, 1))).ToArray());
        Assert.AreEqual(0, tide.Without(Of(1, 0, 0))[0], "who is below the tide does not do less than usual");
    }

    [TestMethod]
    public void One_that_goes_wild_hides_nobody()
    {
        var tide = new Tide();
        for (var i = 0; i < 500; i++) tide.Follow((ulong)(i % 8), i % 8 == 0 ? Of(30, 0, 0) : default);
        Assert.IsGreaterThan(5.3f, tide.Without(Of(6, 0, 0))[0]);
    }

    [TestMethod]
    public void One_alone_has_nothing_in_common_with_others()
    {
        var tide = new Tide();
        for (var i = 0; i < 500; i++) tide.Follow(7, Of(3, 0, 0));
        Assert.IsGreaterThan(5.8f, tide.Without(Of(6, 0, 0))[0]);
    }

    [TestMethod]
    public void It_is_the_same_after_a_restart()
    {
        var bench = new LaneBench(SomeTelemetry.Options() with { Model = SomeModel.Create() });
        var plain = new LaneBench(SomeTelemetry.Options() with { Model = SomeModel.Create() });
        for (var w = 0; w < Known + 20; w++)
        {
            foreach (var who in Staff)
            {
                var acts = Work(who, w, w >= Known && (who == "ada" || w < Known + 3)).ToList();
                bench.Add(acts);
                plain.Add(acts);
            }

            if (w % 50 == 0 || w > Known) bench.SaveAndLoad();
        }

        Assert.AreSequenceEqual(plain.Complete().Final.Select(a => (a.Explanation, a.Score)).ToArray(), bench.Complete().Final.Select(a => (a.Explanation, a.Score)).ToArray());
    }

    private static FeatureVector Of(float first, float second, float third)
    {
        var vector = default(FeatureVector);
        (vector[0], vector[1], vector[2]) = (first, second, third);
        return vector;
    }
}
