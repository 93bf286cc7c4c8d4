using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Core.Tests.Playbooks;

[TestClass]
public sealed class DistinctSketchTests
{
    [TestMethod]
    [DataRow(0, 0)]
    [DataRow(1, 0)]
    [DataRow(10, 1)]
    [DataRow(100, 8)]
    [DataRow(3_000, 200)]
    [DataRow(200_000, 20_000)] // three standard errors
    public void It_tells_how_many_there_were_however_often_each_came(int distinct, int off)
    {
        var sketch = new DistinctSketch();
        for (var i = 0; i < distinct; i++)
            for (var again = 0; again < 2; again++) sketch.Add(DistinctMark.Of($"session-{i}"));
        Assert.IsLessThanOrEqualTo(off, Math.Abs(sketch.Estimate() - distinct), $"{sketch.Estimate()} of {distinct}");
    }

    [TestMethod]
    public void What_several_saw_is_put_together_from_their_marks_in_any_order()
    {
        var (one, other) = (new DistinctSketch(), new DistinctSketch());
        var marks = Enumerable.Range(0, 500).Select(i => DistinctMark.Of($"{i}")).ToList();
        foreach (var mark in marks) one.Add(mark);
        foreach (var mark in marks.Skip(250).Concat(marks.Take(400)).Reverse()) other.Add(mark);
        CollectionAssert.AreEqual(one.Ranks.ToArray(), other.Ranks.ToArray());
        Assert.AreEqual(one.Estimate(), new DistinctSketch(one.Ranks.ToArray()).Estimate());
    }

    /// <summary>SHA-256 of "abc" begins ba7816bf8f01cfea: register 745, then a 1 at once.</summary>
    [TestMethod]
    public void A_mark_is_what_the_api_says_it_is()
    {
        Assert.AreEqual((745 << 6) | 1, DistinctMark.Of("abc"));
        Assert.IsTrue(DistinctMark.IsMark(DistinctMark.Of("")));
        foreach (var wrong in new[] { -1, 0, 64, 56, 1024 << 6 | 1, int.MaxValue }) Assert.IsFalse(DistinctMark.IsMark(wrong), $"{wrong}");
    }
}
