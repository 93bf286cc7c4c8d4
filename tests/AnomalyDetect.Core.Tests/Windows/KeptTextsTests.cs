using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Tests.Windows;

[TestClass]
public sealed class KeptTextsTests
{
    [TestMethod]
    public void Each_text_is_read_as_it_was_kept_and_none_is_null()
    {
        var texts = new KeptTexts();
        var kept = new List<(KeptText Place, string Text)>();
        foreach (var text in new[] { "", "e-1", "größer", new string('x', 5_000), "日本" })
            kept.Add((texts.Keep(text), text));
        foreach (var (place, text) in kept) Assert.AreEqual(text, texts.Read(place));
        Assert.IsNull(texts.Read(default));
        Assert.IsNull(texts.Read(texts.Keep((string?)null)));
    }

    [TestMethod]
    public void After_a_window_it_begins_anew()
    {
        var texts = new KeptTexts();
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 20_000; i++) texts.Keep("some id of some event");
            texts.Clear();
            texts.Keep("alone");
            texts.Clear(); // a large buffer goes
            Assert.AreEqual("next", texts.Read(texts.Keep("next")));
        }
    }
}
