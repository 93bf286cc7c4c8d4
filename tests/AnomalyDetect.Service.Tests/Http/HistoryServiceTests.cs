using AnomalyDetect.Service.Tests.Fixtures;
using AnomalyDetect.Streaming.History;

namespace AnomalyDetect.Service.Tests.Http;

[TestClass]
public sealed class HistoryServiceTests
{
    [TestMethod]
    public async Task A_running_service_keeps_the_features_of_closed_windows_and_says_how_much()
    {
        await using var service = await RunningService.StartAsync(o => o with { Pipeline = o.Pipeline with { CheckpointInterval = TimeSpan.FromSeconds(1) } });
        await PostAsync(service);
        var directory = service.Host.Settings.HistoryDirectory;
        await Wait.UntilAsync(() => Rows(directory) >= 20, "windows of an hour, of a principal and of the tenant, are in the history");
        var written = new System.Text.RegularExpressions.Regex(@"anomalydetect_history_bytes [1-9]\d+");
        await Wait.UntilAsync(() => written.IsMatch(service.Admin.GetStringAsync("/metrics").Result), "the metric says how many bytes");
        StringAssert.Contains(await service.Admin.GetStringAsync("/metrics"), "anomalydetect_history_dropped_rows_total 0\n");
    }

    [TestMethod]
    public async Task With_no_retention_there_is_none()
    {
        await using var service = await RunningService.StartAsync(o => o with { History = o.History with { Retention = TimeSpan.Zero } });
        await PostAsync(service);
        Assert.IsFalse(Directory.Exists(service.Host.Settings.HistoryDirectory));
    }

    private static async Task PostAsync(RunningService service)
    {
        var from = DateTime.UtcNow.AddHours(-2);
        using var answer = await RunningService.PostAsync(service.Admin, string.Concat(Enumerable.Range(0, 70).Select(i => Lines.Login($"h{i}", "acme", from.AddMinutes(i)))));
        Assert.AreEqual(202, (int)answer.StatusCode);
    }

    private static long Rows(string directory)
    {
        using var snapshot = HistorySnapshot.Open(directory);
        return snapshot.Rows;
    }
}
