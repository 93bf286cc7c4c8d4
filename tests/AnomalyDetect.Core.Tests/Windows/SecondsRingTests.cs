using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Tests.Windows;

[TestClass]
public sealed class SecondsRingTests
{
    [TestMethod]
    [DataRow(300, 60)]
    [DataRow(5, 0)]
    [DataRow(1, 90)]
    public void It_counts_what_stands_in_the_window_however_long_it_was_quiet(int window, int slack)
    {
        var ring = new SecondsRing(TimeSpan.FromSeconds(window), TimeSpan.FromSeconds(slack));
        var seen = new List<(long Second, int Count)>();
        var (random, second) = (new Random(7), 1_000_000L);
        for (var i = 0; i < 5_000; i++)
        {
            second += random.Next(10) switch { < 6 => random.Next(3), < 9 => random.Next(window + slack), _ => random.Next(3 * (window + slack + 2)) };
            var count = random.Next(1, 5);
            seen.Add((second, count));
            var expected = seen.Where(s => s.Second > second - window).Sum(s => s.Count);
            Assert.AreEqual(expected, ring.Add(second * TimeSpan.TicksPerSecond, count));
            if (seen.Count > 2 * (window + slack)) seen.RemoveAll(s => s.Second <= second - window);
        }
    }
}
