using AnomalyDetect.Response.Deliveries;
using CsCheck;

namespace AnomalyDetect.Response.Tests.Deliveries;

[TestClass]
public class RetryScheduleTests
{
    [TestMethod]
    public void The_default_waits_grow_fivefold_span_three_days_and_end_after_ten_tries()
    {
        var schedule = new RetrySchedule(new RetryOptions(), () => 0);
        var waits = Enumerable.Range(1, 10).Select(n => schedule.Next(n, null)).ToList();
        Assert.IsNull(waits[9]);
        double[] expected = [5, 25, 125, 625, 3125, 15625, 78125, 86400, 86400];
        Assert.AreSequenceEqual(expected, waits.Take(9).Select(w => w!.Value.TotalSeconds));
        Assert.AreEqual(75, waits.Take(9).Sum(w => w!.Value.TotalHours), 1);
    }

    [TestMethod]
    public void Full_jitter_draws_from_the_whole_wait_and_never_below_a_second() =>
        Gen.Select(Gen.Int[1, 9], Gen.Double[0, 0.999999]).Sample((attempt, chance) =>
        {
            var longest = new RetrySchedule(new RetryOptions(), () => 0).Next(attempt, null)!.Value;
            var wait = new RetrySchedule(new RetryOptions(), () => chance).Next(attempt, null)!.Value;
            return wait >= TimeSpan.FromSeconds(1) && wait <= longest && Math.Abs(wait.TotalSeconds - Math.Max(1, longest.TotalSeconds * (1 - chance))) < 0.001;
        });

    [TestMethod]
    [DataRow(1, 60, 60)]
    [DataRow(4, 60, 625)]
    [DataRow(1, 999_999, 86_400)]
    public void Retry_After_is_the_least_wait_up_to_the_longest(int attempt, int asked, int expected) =>
        Assert.AreEqual(TimeSpan.FromSeconds(expected), new RetrySchedule(new RetryOptions(), () => 0).Next(attempt, TimeSpan.FromSeconds(asked)));

    [TestMethod]
    public void Without_a_number_of_attempts_it_never_gives_up() =>
        Assert.AreEqual(TimeSpan.FromSeconds(15), new RetrySchedule(new RedisOptions { Configuration = new Secret("") }.Retry, () => 0).Next(100_000, null));
}
