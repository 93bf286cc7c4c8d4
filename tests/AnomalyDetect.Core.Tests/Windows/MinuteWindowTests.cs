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
}
