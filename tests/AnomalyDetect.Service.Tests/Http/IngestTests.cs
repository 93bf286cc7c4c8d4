using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Http;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.Http;

[TestClass]
public sealed class IngestTests
{
    [TestMethod]
    public async Task Every_way_of_sending_events_is_accepted_and_reaches_the_lanes()
    {
        await using var service = await RunningService.StartAsync();
        var array = $"[{Lines.Login("a1", "acme")},\n  {Lines.Login("a2", "acme").Replace(",", ",\n")}]";
        foreach (var (body, type) in new[]
        {
            (Lines.Login("n1", "acme") + "\n\r\n" + Lines.Login("n2", "acme"), "application/x-ndjson"), (Lines.Login("j1", "acme").TrimEnd(), "application/json"),
            (array, "application/json"), ("\ufeff" + Lines.Login("b1", "acme"), "application/jsonl"),
        })
        {
            using var answer = await RunningService.PostAsync(service.Admin, body, type);
            Assert.AreEqual(HttpStatusCode.Accepted, answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }

        using var packed = await service.Admin.PostAsync("/v1/events", Gzip(Lines.Login("g1", "acme")));
        Assert.AreEqual(HttpStatusCode.Accepted, packed.StatusCode);
        await EventsAsync(service, 7);
    }

    [TestMethod]
    public async Task A_mixed_body_is_accepted_with_each_rejected_line_named()
    {
        await using var service = await RunningService.StartAsync();
        var body = Lines.Login("ok1", "acme") + "{broken\n" + """{"id":"x","tenant_id":"acme","type":"login","outcome":"success"}""" + "\n\n" + Lines.Login("ok2", "acme");
        using var answer = await RunningService.PostAsync(service.Admin, body);
        Assert.AreEqual(HttpStatusCode.Accepted, answer.StatusCode);
        var said = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.AreEqual(2, said.GetProperty("accepted").GetInt32());
        var lines = said.GetProperty("rejected").EnumerateArray().Select(r => (r.GetProperty("line").GetInt32(), r.GetProperty("reason").GetString())).ToList();
        CollectionAssert.AreEqual(new[] { (2, "malformed_json"), (3, "missing_time") }, lines);
    }

    [TestMethod]
    public async Task A_key_of_one_tenant_cannot_speak_for_another()
    {
        await using var service = await RunningService.StartAsync();
        using var client = service.ClientWith([ApiRole.Ingest], "acme");
        using var mixed = await RunningService.PostAsync(client, Lines.Login("a", "acme") + Lines.Login("b", "globex"));
        Assert.AreEqual(HttpStatusCode.Accepted, mixed.StatusCode);
        Assert.Contains("tenant_not_allowed", await mixed.Content.ReadAsStringAsync());
        using var foreign = await RunningService.PostAsync(client, Lines.Login("c", "globex"));
        Assert.AreEqual(HttpStatusCode.Forbidden, foreign.StatusCode);
        await EventsAsync(service, 1);
    }

    [TestMethod]
    [DataRow("", "application/x-ndjson", 400, "empty_body")]
    [DataRow("  \n ", "application/x-ndjson", 400, "empty_body")]
    [DataRow("[]", "application/json", 400, "empty_body")]
    [DataRow("nonsense\nmore", "application/x-ndjson", 400, "nothing_readable")]
    [DataRow("[{\"id\":", "application/json", 400, "nothing_readable")]
    [DataRow("{}", "text/plain", 415, "content_type_not_supported")]
    [DataRow("{}", "application/xml", 415, "content_type_not_supported")]
    public async Task What_cannot_be_read_at_all_is_refused(string body, string type, int status, string code)
    {
        await using var service = await RunningService.StartAsync();
        using var answer = await RunningService.PostAsync(service.Admin, body, type);
        Assert.AreEqual(status, (int)answer.StatusCode);
        Assert.AreEqual("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.AreEqual(code, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetString());
    }

    [TestMethod]
    public async Task Bodies_too_large_packed_too_tightly_or_not_gzip_are_refused()
    {
        await using var service = await RunningService.StartAsync(o => o with { Http = o.Http with { Ingest = new IngestOptions { BodyBytes = 256 << 10, CompressionRatio = 20 } } });
        var large = string.Concat(Enumerable.Range(0, 3000).Select(i => Lines.Login($"l{i}", "acme")));
        Assert.AreEqual(413, (int)(await RunningService.PostAsync(service.Admin, large)).StatusCode);
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/v1/events") { Content = new StringContent(large, Encoding.UTF8, "application/x-ndjson") };
        chunked.Headers.TransferEncodingChunked = true;
        Assert.AreEqual(413, (int)(await service.Admin.SendAsync(chunked)).StatusCode);
        Assert.AreEqual(413, (int)(await service.Admin.PostAsync("/v1/events", Gzip(large))).StatusCode);
        Assert.AreEqual(413, (int)(await service.Admin.PostAsync("/v1/events", Gzip(new string(' ', 200_000)))).StatusCode, "a small bomb");

        var far = new string(' ', 40 << 20);
        Assert.AreEqual(413, (int)(await RunningService.PostAsync(service.Admin, far)).StatusCode, "far too large: the answer arrives although the body was not used");

        using var fake = new ByteArrayContent("not gzip"u8.ToArray());
        fake.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        fake.Headers.ContentEncoding.Add("gzip");
        Assert.AreEqual(400, (int)(await service.Admin.PostAsync("/v1/events", fake)).StatusCode);
        using var brotli = new ByteArrayContent([1, 2]);
        brotli.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        brotli.Headers.ContentEncoding.Add("br");
        Assert.AreEqual(415, (int)(await service.Admin.PostAsync("/v1/events", brotli)).StatusCode);
    }

    [TestMethod]
    public async Task A_sender_is_told_to_wait_while_the_lanes_are_behind()
    {
        await using var service = await RunningService.StartAsync(o => o with { Journal = o.Journal with { MaxBehindBytes = 1 << 20 }, Pipeline = o.Pipeline with { CheckpointInterval = TimeSpan.FromMinutes(10) } });
        HttpResponseMessage? last = null;
        for (var i = 0; i < 60 && last?.StatusCode != HttpStatusCode.TooManyRequests; i++)
            last = await RunningService.PostAsync(service.Admin, string.Concat(Enumerable.Range(0, 500).Select(j => Lines.Login($"w{i}-{j}", "acme"))));
        Assert.AreEqual(HttpStatusCode.TooManyRequests, last!.StatusCode);
        Assert.AreEqual(TimeSpan.FromSeconds(5), last.Headers.RetryAfter!.Delta);
    }

    [TestMethod]
    [DataRow("[{\"a\":1}, {\"b\":[1,2]},\n {\"c\":\"x,]\"} ]", "{\"a\":1}|{\"b\":[1,2]}|{\"c\":\"x,]\"}")]
    [DataRow("{\"a\":1}\r\n\n  {\"b\":2}  ", "{\"a\":1}|{\"b\":2}")]
    [DataRow("[1, {\"a\":2}", "1|{\"a\":2}|")]
    [DataRow("[1] [2]", "1|")]
    public void A_body_is_cut_into_its_records(string body, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var lines = new List<RecordLine>();
        RecordLines.Split(bytes, 32, lines);
        Assert.AreEqual(expected, string.Join('|', lines.Select(l => Encoding.UTF8.GetString(bytes, l.Offset, l.Length))));
        Assert.AreEqual(expected.EndsWith('|'), lines[^1].Problem is not null);
    }

    private static Task EventsAsync(RunningService service, int expected) => Wait.UntilAsync(
        () => service.Client(null).GetStringAsync("/metrics").Result.Contains($"anomalydetect_events_total {expected}\n", StringComparison.Ordinal), $"{expected} events in the lanes", 30);

    private static ByteArrayContent Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(Encoding.UTF8.GetBytes(text));
        var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }
}
