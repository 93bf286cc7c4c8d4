using AnomalyDetect.Core.Events;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Events;

[TestClass]
public sealed class EventBatchTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    /// <summary>Minutes after <see cref="T0"/> at which events are taken to have come by.</summary>
    private static double[] Observed(ref DateTime newest, params double[] minutes)
    {
        var batch = new EventBatch();
        foreach (var minute in minutes) batch.Add(SomeTelemetry.Event(T0.AddMinutes(minute)));
        batch.ObserveInOrder(ref newest);
        Assert.AreEqual(newest, batch.ObservedAt);
        return [.. batch.Events.ToArray().Select(e => (e.ObservedAt - T0).TotalMinutes)];
    }

    private static double[] Observed(params double[] minutes)
    {
        var newest = default(DateTime);
        return Observed(ref newest, minutes);
    }

    [TestMethod]
    public void Time_in_a_file_never_goes_back() => CollectionAssert.AreEqual(new double[] { 0, 5, 5, 6 }, Observed(0, 5, 3, 6));

    [TestMethod]
    public void It_goes_on_from_the_batch_before()
    {
        var newest = T0.AddMinutes(4);
        CollectionAssert.AreEqual(new double[] { 4, 5 }, Observed(ref newest, 3, 5));
    }

    [TestMethod]
    public void One_event_of_next_year_makes_nothing_late() => CollectionAssert.AreEqual(new double[] { 0, 0, 1, 2 }, Observed(0, 500_000, 1, 2));

    [TestMethod]
    public void Nor_does_it_as_the_first_of_a_file() => CollectionAssert.AreEqual(new double[] { 1, 1, 2 }, Observed(500_000, 1, 2));

    [TestMethod]
    public void A_night_without_events_is_a_night() => CollectionAssert.AreEqual(new double[] { 0, 600, 601 }, Observed(0, 600, 601));

    [TestMethod]
    public void A_few_minutes_ahead_are_out_of_order_and_no_leap() => CollectionAssert.AreEqual(new double[] { 0, 30, 30 }, Observed(0, 30, 1));
}
