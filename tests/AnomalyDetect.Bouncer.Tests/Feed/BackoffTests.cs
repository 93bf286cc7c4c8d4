using AnomalyDetect.Bouncer.Feed;

namespace AnomalyDetect.Bouncer.Tests.Feed;

[TestClass]
public sealed class BackoffTests
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(15);

    [TestMethod]
    public void Waits_double_up_to_the_longest_and_begin_anew_after_a_success()
    {
        var backoff = new Backoff(Most, () => 0);
        var waits = Enumerable.Range(0, 7).Select(_ => backoff.Failed(Retry.Soon, null).TotalSeconds).ToArray();
        CollectionAssert.AreEqual(new[] { 0.5, 1, 2, 4, 8, 15, 15 }, waits);
        backoff.Succeeded();
        Assert.AreEqual(0.5, backoff.Failed(Retry.Soon, null).TotalSeconds);
        for (var i = 0; i < 2000; i++) Assert.IsLessThanOrEqualTo(Most, backoff.Failed(Retry.Soon, null));
    }

    [TestMethod]
    public void The_upper_half_of_a_wait_is_random() => Assert.AreEqual(7.5, new Backoff(Most, () => 0.999999).Failed(Retry.Slowly, null).TotalSeconds, 0.001);

    [TestMethod]
    public void What_the_service_asks_for_is_the_least_wait_within_bounds()
    {
        Assert.AreEqual(7, new Backoff(Most, () => 0.5).Failed(Retry.Soon, TimeSpan.FromSeconds(7)).TotalSeconds);
        Assert.AreEqual(15, new Backoff(Most, () => 0.5).Failed(Retry.Soon, TimeSpan.FromDays(1)).TotalSeconds);
        Assert.AreEqual(0.375, new Backoff(Most, () => 0.5).Failed(Retry.Soon, TimeSpan.FromSeconds(-7)).TotalSeconds, 0.001);
    }
}
