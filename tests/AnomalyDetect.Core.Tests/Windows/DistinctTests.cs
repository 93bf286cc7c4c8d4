using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Windows;
using CsCheck;

namespace AnomalyDetect.Core.Tests.Windows;

[TestClass]
public sealed class DistinctTests
{
    private static readonly DateTime T0 = new(2026, 3, 2, 9, 0, 0, DateTimeKind.Utc);
    private static readonly long Minute0 = T0.Ticks / TimeSpan.TicksPerMinute;

    private static ulong Hash(int thing) => Symbol.Create($"thing {thing}").Hash;

    [TestMethod]
    public void Few_things_are_counted_exactly() =>
        Gen.Select(Gen.Int[0, DistinctWindow.Capacity - 1], Gen.Int[0, 600]).Array[1, 300].Sample(arrivals =>
        {
            var window = default(DistinctWindow);
            var at = T0.Ticks;
            var last = new Dictionary<int, long>();
            foreach (var (thing, seconds) in arrivals)
            {
                at += seconds * TimeSpan.TicksPerSecond;
                last[thing] = at;
                Assert.AreEqual(last.Values.Count(t => t > at - TimeSpan.TicksPerHour), window.Add(Hash(thing), at, TimeSpan.TicksPerHour));
            }
        });

    [TestMethod]
    public void Of_more_things_than_it_holds_those_seen_last_are_counted()
    {
        var window = default(DistinctWindow);
        for (var i = 0; i < 500; i++)
            Assert.AreEqual(Math.Min(i + 1, DistinctWindow.Capacity), window.Add(Hash(i), T0.AddSeconds(i).Ticks, TimeSpan.TicksPerHour));
    }

    [TestMethod]
    public void Hundreds_of_things_are_counted_within_a_few_percent() =>
        Gen.Select(Gen.Int[1, 500], Gen.Int[0, 1_000_000]).Sample((things, seed) =>
        {
            var window = new DistinctMinutes(5);
            for (var i = 0; i < things * 3; i++) window.Add(Hash(seed + (i % things)), Minute0 + (i % 5), 1);
            // Three standard errors of linear counting at this load, and half a thing.
            Assert.AreEqual(things, window.Distinct(Minute0 + 4), (0.06 * things) + 4.5);
            Assert.AreEqual(things * 3, window.Count(Minute0 + 4));
        }, iter: 300);

    [TestMethod]
    public void Only_the_last_minutes_stand_in_it_whatever_gaps_there_are() =>
        Gen.Select(Gen.Int[1, 12], Gen.Select(Gen.Int[0, 30], Gen.Int[1, 20]).Array[1, 60]).Sample((minutes, steps) =>
        {
            var window = new DistinctMinutes(minutes);
            var counts = new Dictionary<long, int>();
            var minute = Minute0;
            var thing = 0;
            foreach (var (gap, things) in steps)
            {
                minute += gap;
                for (var i = 0; i < things; i++) window.Add(Hash(thing++), minute, 2);
                counts[minute] = counts.GetValueOrDefault(minute) + things;
                var expected = counts.Where(c => c.Key > minute - minutes).Sum(c => c.Value);
                Assert.AreEqual(2 * expected, window.Count(minute));
                Assert.AreEqual(expected, window.Distinct(minute), (0.08 * expected) + 4.5);
            }
        }, iter: 300);

    [TestMethod]
    public void What_is_behind_the_oldest_minute_is_left_out()
    {
        var window = new DistinctMinutes(5);
        window.Add(Hash(1), Minute0, 1);
        window.Add(Hash(2), Minute0 - 4, 1);
        window.Add(Hash(3), Minute0 - 5, 1);
        Assert.AreEqual(2, window.Count(Minute0));
        Assert.AreEqual(1, window.Count(Minute0 - 1));
    }

    [TestMethod]
    public void What_is_rare_has_a_mean_over_the_silent_minutes_too()
    {
        var slow = default(SlowCount);
        for (var m = 0; m < 20_000; m += 10) slow.Add(Minute0 + m, 5);
        Assert.AreEqual(0.5, slow.Mean, 0.02);
        slow.Add(Minute0 + 20_000 + 14_400, 0);
        Assert.AreEqual(0, slow.Mean, 0.001);
    }
}
