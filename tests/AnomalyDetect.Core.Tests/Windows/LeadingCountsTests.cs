using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Tables;
using AnomalyDetect.Core.Windows;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Windows;

[TestClass]
public sealed class LeadingCountsTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private static readonly long T0 = SomeTelemetry.Monday.Ticks;

    private static EntityKey Key(string id) => new(EntityKind.Principal, Symbol.Create(id));

    private static Dictionary<string, double> Counted(LeadingCounts counts) => counts.Leading(1_000, false).ToDictionary(c => c.Id, c => c.Observed);

    private static LeadingCounts Of(params (double Minute, string Id, int Count)[] arrivals)
    {
        var counts = new LeadingCounts(Window);
        foreach (var (minute, id, count) in arrivals) counts.Add(Key(id), T0 + (long)(minute * TimeSpan.TicksPerMinute), count);
        return counts;
    }

    [TestMethod]
    public void A_few_are_counted_exactly_over_both_halves() =>
        CollectionAssert.AreEquivalent(new Dictionary<string, double> { ["a"] = 5, ["b"] = 1 }, Counted(Of((0, "a", 2), (1, "b", 1), (6, "a", 3))));

    [TestMethod]
    public void What_is_older_than_a_window_is_forgotten()
    {
        CollectionAssert.AreEquivalent(new Dictionary<string, double> { ["b"] = 1 }, Counted(Of((0, "a", 2), (10, "b", 1))));
        CollectionAssert.AreEquivalent(new Dictionary<string, double> { ["b"] = 1 }, Counted(Of((0, "a", 2), (500, "b", 1))));
    }

    [TestMethod]
    public void A_late_arrival_counts_in_its_half_while_that_is_kept() =>
        CollectionAssert.AreEquivalent(new Dictionary<string, double> { ["a"] = 1, ["b"] = 1 }, Counted(Of((6, "a", 1), (4, "b", 1), (-1, "c", 1))));

    [TestMethod]
    public void One_among_thousands_who_makes_a_fifth_is_found_and_never_overstated()
    {
        var counts = new LeadingCounts(Window);
        for (var i = 0; i < 5_000; i++) counts.Add(i % 5 == 0 ? Key("most") : Key($"k{i}"), T0 + (i * TimeSpan.TicksPerMillisecond), 1);
        var found = Counted(counts);
        Assert.IsTrue(found["most"] is > 400 and <= 1_000, $"{found["most"]}");
        Assert.IsTrue(found.Where(f => f.Key != "most").All(f => f.Value <= 1), "the others came once each");
    }

    [TestMethod]
    public void It_goes_on_after_a_restart_and_starts_anew_under_another_window()
    {
        var counts = Of((0, "a", 2), (6, "b", 1));
        var writer = new StateWriter();
        counts.Save(writer);
        var again = new LeadingCounts(Window);
        var reader = new StateReader(writer.Written);
        again.Load(ref reader);
        Assert.IsTrue(reader.AtEnd);
        CollectionAssert.AreEquivalent(Counted(counts), Counted(again));

        var other = new LeadingCounts(2 * Window);
        reader = new StateReader(writer.Written);
        other.Load(ref reader);
        Assert.IsTrue(reader.AtEnd);
        Assert.IsEmpty(Counted(other));
    }
}
