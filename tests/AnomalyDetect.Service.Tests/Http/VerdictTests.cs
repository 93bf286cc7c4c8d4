using System.Net;
using System.Text;
using System.Text.Json;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.Http;

[TestClass]
public sealed class VerdictTests
{
    [TestMethod]
    public async Task A_verdict_is_recorded_with_who_and_why_and_shown_with_its_alert()
    {
        await using var service = await RunningService.StartAsync();
        var id = (await service.AttackAsync("acme")).GetProperty("alert_id").GetString()!;
        Assert.AreEqual(1, await CountAsync(service, "none"));
        using var analyst = service.ClientWith([ApiRole.Respond], "acme");

        var (status, given) = await JudgeAsync(analyst, id, """{"verdict":"false_positive","reason":"our own scanner"}""");
        Assert.AreEqual(HttpStatusCode.OK, status, given);
        await JudgeAsync(service.Admin, id, """{"verdict":"true_positive","reason":"the scanner was stolen"}""");

        var listed = (await RunningService.JsonAsync(service.Admin, "/v1/alerts?verdict=true_positive")).GetProperty("alerts")[0];
        Assert.AreEqual(id, listed.GetProperty("id").GetString());
        Assert.AreEqual("the scanner was stolen", listed.GetProperty("verdict").GetProperty("reason").GetString());
        var shown = await RunningService.JsonAsync(service.Admin, $"/v1/alerts/{id}");
        Assert.AreEqual(2, shown.GetProperty("verdicts").GetArrayLength(), "the earlier one stays");
        Assert.AreEqual(JsonDocument.Parse(given).RootElement.GetRawText(), shown.GetProperty("verdicts")[0].GetRawText(), "the bytes that were recorded");
        Assert.StartsWith("key k", shown.GetProperty("verdicts")[0].GetProperty("actor").GetString()!);
        Assert.AreEqual(0, await CountAsync(service, "none"));
        Assert.AreEqual(0, await CountAsync(service, "false_positive"));
        Assert.IsNull(service.Host.Store.Ledger.Verify(null, CancellationToken.None).FirstBad);
    }

    [TestMethod]
    [DataRow("""{"verdict":"maybe","reason":"x"}""", "verdict must be one of true_positive, false_positive, benign")]
    [DataRow("""{"reason":"x"}""", "verdict must be one of")]
    [DataRow("""{"verdict":"benign"}""", "Say why")]
    [DataRow("""{"verdict":"benign","reason":" "}""", "Say why")]
    [DataRow("""{"verdict":7,"reason":"x"}""", "could not be used")]
    public async Task A_verdict_without_a_word_of_the_list_or_a_reason_is_refused(string body, string why)
    {
        await using var service = await RunningService.StartAsync();
        var (status, text) = await JudgeAsync(service.Admin, "anything", body);
        Assert.AreEqual(HttpStatusCode.BadRequest, status);
        StringAssert.Contains(text, why);
    }

    [TestMethod]
    public async Task An_unknown_alert_or_filter_is_said()
    {
        await using var service = await RunningService.StartAsync();
        Assert.AreEqual(HttpStatusCode.NotFound, (await JudgeAsync(service.Admin, "nothing", """{"verdict":"benign","reason":"x"}""")).Status);
        using var answer = await service.Admin.GetAsync("/v1/alerts?verdict=maybe");
        Assert.AreEqual(HttpStatusCode.BadRequest, answer.StatusCode);
        StringAssert.Contains(await answer.Content.ReadAsStringAsync(), "verdict must be one of true_positive, false_positive, benign, none");
    }

    private static async Task<int> CountAsync(RunningService service, string verdict) =>
        (await RunningService.JsonAsync(service.Admin, $"/v1/alerts?verdict={verdict}")).GetProperty("alerts").GetArrayLength();

    private static async Task<(HttpStatusCode Status, string Text)> JudgeAsync(HttpClient client, string id, string body)
    {
        using var answer = await client.PostAsync($"/v1/alerts/{id}/verdict", new StringContent(body, Encoding.UTF8, "application/json"));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
