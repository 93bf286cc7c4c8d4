using System.Net;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Http;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.Http;

[TestClass]
public sealed class RateLimitTests
{
    [TestMethod]
    public async Task A_key_beyond_its_rate_is_told_when_to_come_again_and_neither_another_key_nor_ingest_suffers()
    {
        // One a minute: none comes back while this runs.
        await using var service = await RunningService.StartAsync(o => o with { Http = o.Http with { Limits = new RateLimitOptions { OtherPerMinute = 1, OtherBurst = 3, IngestPerMinute = 1, IngestBurst = 2 } } });
        using var client = service.ClientWith([ApiRole.Read, ApiRole.Ingest]);
        for (var i = 0; i < 3; i++) Assert.AreEqual(HttpStatusCode.OK, (await client.GetAsync("/v1/alerts")).StatusCode);
        using var refused = await client.GetAsync("/v1/decisions");
        Assert.AreEqual(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.AreEqual("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        StringAssert.Contains(await refused.Content.ReadAsStringAsync(), "\"code\":\"too_many_requests\"");
        Assert.IsInRange(1, 60, (int)refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        Assert.AreEqual(HttpStatusCode.OK, (await service.ClientWith([ApiRole.Read]).GetAsync("/v1/alerts")).StatusCode, "another key");

        for (var i = 0; i < 2; i++) Assert.AreEqual(HttpStatusCode.Accepted, (await RunningService.PostAsync(client, Lines.Login($"{i}", "acme"))).StatusCode);
        using var full = await RunningService.PostAsync(client, Lines.Login("2", "acme"));
        Assert.AreEqual(HttpStatusCode.TooManyRequests, full.StatusCode);
        var metrics = await service.Client(null).GetStringAsync("/metrics");
        StringAssert.Contains(metrics, "anomalydetect_http_requests_limited_total{kind=\"other\"} 1");
        StringAssert.Contains(metrics, "anomalydetect_http_requests_limited_total{kind=\"ingest\"} 1");
    }
}
