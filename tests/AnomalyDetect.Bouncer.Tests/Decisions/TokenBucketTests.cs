using AnomalyDetect.Bouncer.Decisions;
using CsCheck;

namespace AnomalyDetect.Bouncer.Tests.Decisions;

[TestClass]
public sealed class TokenBucketTests
{
    [TestMethod]
    public void Whatever_comes_no_span_sees_more_than_its_share_and_who_waits_as_told_gets_in() =>
        Gen.Select(Gen.Int[1, 500], Gen.Int[1, 3600], Gen.Int[0, 5_000].Array[1, 200]).Sample(
            (limit, per, gaps) =>
            {
                const long Frequency = 1_000;
                var bucket = new TokenBucket(limit, TimeSpan.FromSeconds(per), Frequency);
                var let = new List<long>();
                long now = 0;
                foreach (var gap in gaps)
                {
                    now += gap;
                    if (bucket.TryTake(now, out var wait))
                    {
                        let.Add(now);
                        continue;
                    }

                    Assert.IsGreaterThan(TimeSpan.Zero, wait);
                    now += (long)Math.Ceiling(wait.TotalSeconds * Frequency);
                    Assert.IsTrue(bucket.TryTake(now, out _), "who came back when told to");
                    let.Add(now);
                }

                // At most the depth at once, and then what trickles in; half a unit of rounding an interval.
                var interval = Math.Max(1, per * Frequency / limit);
                for (var i = 0; i < let.Count; i++)
                    for (var j = i; j < let.Count; j++)
                        Assert.IsLessThanOrEqualTo((per * Frequency / interval) + ((let[j] - let[i]) / interval) + 1, j - i + 1);
            },
            iter: 200);

    [TestMethod]
    public void The_whole_limit_goes_through_at_once_and_not_one_more()
    {
        foreach (var (limit, per) in new[] { (1, 1), (3, 600), (7, 60), (60, 60), (999, 7), (100_000, 1) })
        {
            var bucket = new TokenBucket(limit, TimeSpan.FromSeconds(per), TimeSpan.TicksPerSecond * 100);
            Assert.AreEqual(limit, Enumerable.Range(0, limit + 5).Count(_ => bucket.TryTake(123_456_789, out var _)), $"{limit} in {per} s");
        }
    }

    [TestMethod]
    public void A_share_below_one_request_still_lets_one_through_at_a_time()
    {
        var bucket = new TokenBucket(0.25, TimeSpan.FromSeconds(10), 1000);
        Assert.IsTrue(bucket.TryTake(0, out _));
        Assert.IsFalse(bucket.TryTake(0, out var wait));
        Assert.AreEqual(TimeSpan.FromSeconds(40), wait);
    }

    [TestMethod]
    public void Many_at_once_get_no_more_than_one_would()
    {
        var bucket = new TokenBucket(1000, TimeSpan.FromSeconds(60), 1000);
        var let = 0;
        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 1000; i++)
                if (bucket.TryTake(5, out var _)) Interlocked.Increment(ref let);
        });
        Assert.AreEqual(1000, let);
    }
}
