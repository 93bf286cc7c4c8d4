using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Formats.Tests;

/// <summary>2,900 real CloudTrail events (data/cloudtrail), read as <c>replay</c> reads them: gzip, framer, decoder.</summary>
[TestClass]
public class InvictusDatasetTests
{
    private static EventBatch Read()
    {
        var format = new CloudTrailFormat();
        var path = Path.Combine(AppContext.BaseDirectory, "data", "invictus_aws_cloudtrail.jsonl.gz");
        using var stream = BoundedGzip.OpenDetected(File.OpenRead(path), new GzipLimits());
        using var whole = new MemoryStream();
        stream.CopyTo(whole);
        var batch = new EventBatch();
        var decoder = format.CreateDecoder(Reading.Limits, new SymbolTable());
        foreach (var record in Reading.Frame(format, whole.ToArray(), Reading.Limits, Enumerable.Repeat(65_536, 100)))
            decoder.Decode(record, 0, record.Length, default, batch);
        return batch;
    }

    [TestMethod]
    public void Every_event_is_read_and_no_id_comes_twice()
    {
        var batch = Read();
        Assert.IsEmpty(batch.Rejections);
        var events = batch.Events.ToArray();
        Assert.HasCount(2900, events);
        Assert.AreEqual(2900, events.Select(e => e.Id.ToString()).Distinct().Count());
        Assert.AreEqual(new DateTime(2023, 7, 10, 11, 42, 18, DateTimeKind.Utc), events.Min(e => e.OccurredAt));
        Assert.AreEqual(new DateTime(2023, 7, 10, 12, 37, 50, DateTimeKind.Utc), events.Max(e => e.OccurredAt));
    }

    [TestMethod]
    public void Who_and_from_where_is_as_the_dataset_says()
    {
        var events = Read().Events.ToArray();
        Assert.AreEqual(2823, events.Count(e => e.Principal?.Text.StartsWith("arn:aws:", StringComparison.Ordinal) == true));
        Assert.AreEqual(34 + 42, events.Count(e => e.Principal?.Text.EndsWith(".amazonaws.com", StringComparison.Ordinal) == true));
        Assert.AreEqual(1, events.Count(e => e.Principal?.Text.StartsWith("AIDA", StringComparison.Ordinal) == true));
        Assert.AreEqual("123837392027", events.Select(e => e.Tenant.Text).Distinct().Single());
        Assert.AreEqual(2815, events.Count(e => e.Session is not null));
        Assert.AreEqual(353, events.Count(e => e.SourceIp.IsNone));
        Assert.AreEqual(7, events.Where(e => !e.SourceIp.IsNone).Select(e => e.SourceIp).Distinct().Count());
    }

    [TestMethod]
    public void What_happened_is_as_the_dataset_says()
    {
        var events = Read().Events.ToArray();
        Assert.AreEqual(2600, events.Count(e => e.Outcome == EventOutcome.Success));
        Assert.AreEqual(60, events.Count(e => e.Outcome == EventOutcome.Denied));
        Assert.AreEqual(240, events.Count(e => e.Outcome == EventOutcome.Failure));
        Assert.AreEqual(2, events.Count(e => e.Type == EventType.Login));
        Assert.AreEqual(49, events.Count(e => e.Type == EventType.TokenIssue));
        Assert.AreEqual(2900 - 51, events.Count(e => e.Type == EventType.ApiCall));
        var steps = events.GroupBy(e => (int)(e.OccurredAt - new DateTime(2023, 7, 10, 11, 40, 0, DateTimeKind.Utc)).TotalMinutes / 5).OrderBy(g => g.Key);
        CollectionAssert.AreEqual(new[] { 80, 2, 46, 670, 219, 893, 301, 65, 67, 550, 6, 1 }, steps.Select(g => g.Count()).ToArray());
    }

    [TestMethod]
    public void Two_principals_are_denied_more_than_ten_times_a_minute()
    {
        var bursts = Read().Events.ToArray()
            .Where(e => e.Outcome == EventOutcome.Denied)
            .GroupBy(e => e.Principal!.Text)
            .Select(g => (Role: g.Key.Split('/')[1], Crossings: Crossings(g.Select(e => e.OccurredAt).Order().ToArray()), Count: g.Count()))
            .Where(b => b.Crossings.Length > 0)
            .OrderBy(b => b.Crossings[0])
            .ToArray();

        Assert.HasCount(2, bursts);
        Assert.AreEqual(("stratus-red-team-ec2-get-password-data-role", 29), (bursts[0].Role, bursts[0].Count));
        Assert.AreEqual(new DateTime(2023, 7, 10, 11, 54, 48, DateTimeKind.Utc), bursts[0].Crossings[0]);
        Assert.AreEqual(("stratus-red-team-get-usr-data-role", 15), (bursts[1].Role, bursts[1].Count));
        Assert.AreEqual(new DateTime(2023, 7, 10, 12, 2, 56, DateTimeKind.Utc), bursts[1].Crossings[0]);
    }

    /// <summary>The times at which more than ten lie in (t − 60 s, t].</summary>
    private static DateTime[] Crossings(DateTime[] times) => [.. times.Where((t, i) => times.Take(i + 1).Count(s => s > t.AddSeconds(-60)) > 10)];
}
