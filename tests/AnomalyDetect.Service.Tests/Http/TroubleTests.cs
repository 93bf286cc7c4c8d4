using System.Net;
using System.Text;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Formats;
using AnomalyDetect.Service.Http;
using AnomalyDetect.Service.Tests.Fixtures;
using AnomalyDetect.Streaming.Journals;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace AnomalyDetect.Service.Tests.Http;

[TestClass]
public sealed class TroubleTests
{
    [TestMethod]
    public async Task Where_the_disk_does_not_take_them_events_are_not_accepted_and_the_sender_is_told_to_come_again()
    {
        using var directory = new TempDirectory();
        var journal = Journal.Open(new JournalOptions { Directory = directory["journal"] }, TimeProvider.System, NullLogger.Instance);
        await journal.DisposeAsync(); // takes nothing any more, as on a full disk
        var events = Endpoint(journal);
        var context = Request(Lines.Login("e1", "acme"));
        await (await events.PostAsync(context)).ExecuteAsync(context);
        Assert.AreEqual(503, context.Response.StatusCode);
        Assert.AreEqual("5", context.Response.Headers.RetryAfter.ToString());
    }

    [TestMethod]
    public async Task Too_many_bodies_at_once_are_told_to_wait()
    {
        var bodies = new BodyReader(new IngestOptions { BodyBytes = 64 << 10, InFlightBytes = 64 << 10 });
        var held = new List<Body>();
        var refused = await Assert.ThrowsAsync<BodyRefusedException>(async () =>
        {
            for (var i = 0; i < 10; i++) held.Add(await bodies.ReadAsync(Request("x").Request));
        });
        Assert.AreEqual(429, refused.Status);
        foreach (var body in held) body.Dispose();
        (await bodies.ReadAsync(Request("x").Request)).Dispose();
    }

    [TestMethod]
    public async Task Not_ready_says_what_is_missing()
    {
        await using var service = await RunningService.StartAsync();
        await service.Host.Pipeline.StopAsync();
        using var answer = await service.Client(null).GetAsync("/readyz");
        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.AreEqual("""{"ready":false,"not_ready":["The pipeline does not run: stopped"]}""", await answer.Content.ReadAsStringAsync());
        Assert.AreEqual(HttpStatusCode.OK, (await service.Client(null).GetAsync("/healthz")).StatusCode, "the process is alive");
    }

    private static EventsEndpoint Endpoint(Journal journal) => new(
        new BodyReader(new IngestOptions()), new EventIntake(EventFormats.Find("native")!, new DecodeLimits(), false, 10), journal, false, TimeProvider.System,
        new IngestMetrics(Metrics.NewCustomRegistry()));

    private static DefaultHttpContext Request(string body)
    {
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        context.Request.ContentType = "application/x-ndjson";
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        context.Features.Set(new Caller(new ApiKey("k", "test", [ApiRole.Ingest], [], DateTime.UtcNow, null), new byte[32]));
        return context;
    }
}
