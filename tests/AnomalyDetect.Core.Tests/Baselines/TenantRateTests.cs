using AnomalyDetect.Core.Baselines;

namespace AnomalyDetect.Core.Tests.Baselines;

[TestClass]
public sealed class TenantRateTests
{
    private static readonly long T0 = new DateTime(2026, 3, 2, 9, 0, 0, DateTimeKind.Utc).Ticks / TimeSpan.TicksPerMinute;

    private static void Learn(TenantRate rate, long from, long minutes, Func<long, double> count, bool held = false, bool silent = false)
    {
        for (var m = T0 + from; m < T0 + from + minutes; m++)
            rate.Learn(m, count(m), rate.Judge(m, count(m)), 3, 5, held, silent);
    }

    [TestMethod]
    [DataRow(120)]
    [DataRow(3 * 1440)]
    public void A_held_window_does_not_feed_the_baseline(int before)
    {
        var rate = new TenantRate();
        Learn(rate, 0, before, _ => 10);
        Learn(rate, before, 90, _ => 100, held: true);
        Assert.AreEqual(10, rate.Expected(T0 + before + 90).Expected, 1.5);
    }

    [TestMethod]
    public void What_is_not_held_is_followed()
    {
        var rate = new TenantRate();
        Learn(rate, 0, 120, _ => 10);
        Learn(rate, 120, 240, _ => 30);
        Assert.AreEqual(30, rate.Expected(T0 + 360).Expected, 3);
    }

    [TestMethod]
    public void What_comes_back_at_its_hour_every_day_is_expected_in_the_end()
    {
        var rate = new TenantRate();
        var job = (((T0 / 1440) + 1) * 1440) + 185;
        Learn(rate, 0, 600, Nightly);
        Assert.IsGreaterThan(5, rate.Judge(job, 200).Z);
        Learn(rate, 600, (8 * 1440) - 600, Nightly);
        job += 8 * 1440;
        Assert.IsLessThan(2, rate.Judge(job, 200).Z);
        Assert.AreEqual(20, rate.Expected(job + 300).Expected, 4);

        static double Nightly(long minute) => minute % 1440 is >= 180 and < 190 ? 200 : 20;
    }

    [TestMethod]
    [DataRow(5, 60, 0.6, DisplayName = "a pause of five minutes is expected to come back")]
    [DataRow(10, 60, 0.6, DisplayName = "and one of ten")]
    [DataRow(10, 0, 1.0, DisplayName = "of a longer one nothing is learned, nor of its first ten minutes")]
    public void The_day_s_shape_knows_pauses_and_no_outages(int silent, int afterwards, double expected)
    {
        var rate = new TenantRate();
        var day = (((T0 / 1440) + 1) * 1440) - T0;
        var (pause, resumed) = (day + (2 * 1440), day + (2 * 1440) + silent + (afterwards > 0 ? 0 : 60));
        Learn(rate, 0, pause, _ => 30);
        Learn(rate, pause, silent, _ => 0, silent: true);
        Learn(rate, resumed, pause + 1440 - resumed, _ => 30);
        var (there, later) = (rate.Expected(T0 + pause + 1440).Expected, rate.Expected(T0 + pause + 1440 + 120).Expected);
        if (expected < 1) Assert.IsLessThan(expected * later, there);
        else Assert.AreEqual(later, there, 0.2 * later);
    }

    [TestMethod]
    public void Of_a_long_silence_s_end_the_day_s_shape_knows_as_little_as_of_its_beginning()
    {
        var rate = new TenantRate();
        var pause = (((T0 / 1440) + 1) * 1440) - T0 + (2 * 1440);
        Learn(rate, 0, pause, _ => 30);
        Learn(rate, pause, 10, _ => 0, silent: true);
        Learn(rate, pause + 60, 12, _ => 0, silent: true);
        Learn(rate, pause + 72, 1440 - 72, _ => 30);
        var usual = rate.Expected(T0 + pause + 1440 + 240).Expected;
        foreach (var m in new[] { 0, 9, 60, 71 }) Assert.AreEqual(1, rate.Expected(T0 + pause + 1440 + m).Expected / usual, 0.2, $"{m} minutes in");
    }

    [TestMethod]
    public void What_is_little_known_counts_for_less()
    {
        var rate = new TenantRate();
        Learn(rate, 0, 300, _ => 10);
        var firstDay = (rate.Confidence(T0 + 300), rate.ExpectedIndependent(T0 + 300));
        Learn(rate, 300, (8 * 1440) - 300, _ => 10);
        var known = (rate.Confidence(T0 + (8 * 1440)), rate.ExpectedIndependent(T0 + (8 * 1440)));
        Assert.IsGreaterThan(firstDay.Item1, known.Item1);
        Assert.IsGreaterThan(firstDay.Item2, known.Item2);
        Assert.AreEqual(1, known.Item1);
        Assert.AreEqual(10, known.Item2, 1);
    }
}
