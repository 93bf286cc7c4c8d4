using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Tests.Windows;

[TestClass]
public sealed class MinuteWindowTests
{
    [TestMethod]
    public void A_flood_of_names_takes_no_more_room_than_the_limit_and_those_in_it_go_on_being_counted()
    {
        var window = new MinuteWindow(100);
        window.Open(1);
        for (var i = 0; i < 1_000; i++) window.Add(RateKind.Login, i, Symbol.Create($"u{i}"), 1, proven: true);
        for (var i = 0; i < 1_000; i++) window.Add(RateKind.Login, i, Symbol.Create($"u{i}"), 1, proven: true);
        Assert.AreEqual(100, window.Cells.Length);
        Assert.AreEqual(MinuteWindow.BytesAt(100), window.Bytes);
        foreach (var cell in window.Cells) Assert.AreEqual(2, cell.Login);
    }

    [TestMethod]
    public void A_window_that_is_used_again_knows_nothing_of_the_minute_before()
    {
        var window = new MinuteWindow(100);
        window.Open(1);
        Fill(window, "first");
        CollectionAssert.AreEqual(new[] { "first 0", "first 3", "first 15", "first 63", "first 255" }, window.Samples(RateKind.ApiCall).ToArray());
        window.Open(0);
        window.Open(7);
        Assert.AreEqual((0L, 0, false), (window.Total(RateKind.ApiCall), window.Cells.Length, window.Any));
        Assert.IsEmpty(window.Samples(RateKind.ApiCall));
        Fill(window, "then");
        Assert.AreEqual("then 0", window.Samples(RateKind.ApiCall)[0]);
        window.Open(8);
        Assert.AreEqual(0, window.Cells.Length, "also without being closed before");

        static void Fill(MinuteWindow window, string id)
        {
            window.Any = true;
            for (var i = 0; i < 300; i++) window.Add(RateKind.ApiCall, new TelemetryEvent { Id = TextSlice.Of($"{id} {i}"), Count = 1 });
            window.Add(RateKind.ApiCall, 3, Symbol.Create("ada"), 1, proven: true);
        }
    }
}
