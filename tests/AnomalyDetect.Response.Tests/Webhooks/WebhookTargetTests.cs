using System.Text;
using System.Text.Json;

namespace AnomalyDetect.Response.Tests.Webhooks;

[TestClass]
public class WebhookTargetTests
{
    [TestMethod]
    public async Task A_message_is_a_signed_json_post_with_the_alert_revision_as_its_id()
    {
        await using var bench = new WebhookBench();
        var delivery = await bench.SendOneAsync();
        Assert.AreEqual(DeliveryState.Delivered, delivery.State);
        Assert.AreEqual("answered 200", delivery.Result);
        var request = bench.Receiver.Requests.Single();
        Assert.AreEqual("POST", request.Method);
        Assert.AreEqual("/hook", request.Path);
        Assert.AreEqual("application/json", request["content-type"]);
        Assert.StartsWith("AnomalyDetect/", request["user-agent"]);
        Assert.AreEqual(delivery.SubjectId, request["webhook-id"]);
        Assert.AreEqual("1767614400", request["webhook-timestamp"]);
        Assert.IsTrue(WebhookSignature.IsValid(request, Some.SecretText, bench.Clock.GetUtcNow()));
        using var body = JsonDocument.Parse(request.Body);
        Assert.AreEqual("alert.opened", body.RootElement.GetProperty("type").GetString());
    }

    [TestMethod]
    public async Task During_a_rotation_receivers_of_either_secret_accept_the_message()
    {
        await using var bench = new WebhookBench(change: w => w with { Secrets = [new Secret(Some.OtherSecretText), new Secret(Some.SecretText)] });
        await bench.SendOneAsync();
        var request = bench.Receiver.Requests.Single();
        Assert.IsTrue(WebhookSignature.IsValid(request, Some.SecretText, bench.Clock.GetUtcNow()));
        Assert.IsTrue(WebhookSignature.IsValid(request, Some.OtherSecretText, bench.Clock.GetUtcNow()));
    }

    [TestMethod]
    public async Task Every_retry_sends_the_same_id_and_the_same_bytes_with_a_fresh_timestamp()
    {
        await using var bench = new WebhookBench();
        bench.Receiver.Then(HttpReply.Status(500), new HttpReply.Close(), HttpReply.Status(429), new HttpReply.Raw("nonsense"u8.ToArray()));
        var delivery = await bench.SendOneAsync();
        for (var i = 0; i < 10 && delivery.State == DeliveryState.Pending; i++)
        {
            bench.UntilDue(delivery);
            await bench.WorkAsync();
            delivery = bench.Store.Delivery(delivery.Id);
        }

        Assert.AreEqual(DeliveryState.Delivered, delivery.State);
        var requests = bench.Receiver.Requests;
        Assert.HasCount(5, requests);
        Assert.HasCount(1, requests.Select(r => r["webhook-id"]).Distinct());
        Assert.HasCount(1, requests.Select(r => Convert.ToHexString(r.Body)).Distinct());
        Assert.HasCount(5, requests.Select(r => r["webhook-timestamp"]).Distinct());
        CollectionAssert.AreEqual(delivery.Body.ToArray(), requests[0].Body);
    }

    [TestMethod]
    [DataRow(200)]
    [DataRow(201)]
    [DataRow(202)]
    [DataRow(204)]
    public async Task Every_2xx_is_success(int status)
    {
        await using var bench = new WebhookBench();
        bench.Receiver.Reply = HttpReply.Status(status);
        Assert.AreEqual(DeliveryState.Delivered, (await bench.SendOneAsync()).State);
    }

    [TestMethod]
    [DataRow(400)]
    [DataRow(401)]
    [DataRow(404)]
    [DataRow(413)]
    [DataRow(500)]
    public async Task Other_statuses_are_tried_again_after_the_first_wait(int status)
    {
        await using var bench = new WebhookBench();
        bench.Receiver.Reply = HttpReply.Status(status);
        var delivery = await bench.SendOneAsync();
        Assert.AreEqual((DeliveryState.Pending, 1, $"answered {status}"), (delivery.State, delivery.Attempts, delivery.Result));
        Assert.AreEqual(bench.Now.AddSeconds(5), delivery.DueAt);
    }

    [TestMethod]
    public async Task A_silent_receiver_is_given_up_on_after_the_timeout()
    {
        await using var bench = new WebhookBench();
        bench.Receiver.Reply = new HttpReply.Hang();
        var alert = bench.Store.Tell();
        var working = bench.WorkAsync();
        await bench.Receiver.WaitForAsync(1);
        Assert.IsFalse(working.IsCompleted);
        bench.Clock.Advance(bench.Options.Timeout);
        await working;
        Assert.AreEqual("no answer within 20 s", bench.Store.Delivery($"soc/{alert.RevisionId}").Result);
    }

    [TestMethod]
    public async Task A_refused_connection_is_tried_again()
    {
        await using var bench = new WebhookBench();
        bench.Receiver.Refuse();
        var delivery = await bench.SendOneAsync();
        Assert.AreEqual((DeliveryState.Pending, "could not connect: ConnectionRefused"), (delivery.State, delivery.Result));
        bench.Receiver.AcceptAgain();
        bench.UntilDue(delivery);
        await bench.WorkAsync();
        Assert.AreEqual(DeliveryState.Delivered, bench.Store.Delivery(delivery.Id).State);
    }

    [TestMethod]
    [DataRow("", DisplayName = "closed without a word")]
    [DataRow("HTTP/1.1 200", DisplayName = "cut off in the status line")]
    [DataRow("HTTP/1.1 200 OK\r\nContent-Le", DisplayName = "cut off in the headers")]
    [DataRow("SSH-2.0-OpenSSH_9.6\r\n\r\n", DisplayName = "no HTTP")]
    [DataRow("HTTP/1.1 999999 X\r\n\r\n", DisplayName = "no status")]
    public async Task Half_an_answer_or_garbage_is_a_failure(string bytes)
    {
        await using var bench = new WebhookBench();
        bench.Receiver.Reply = new HttpReply.Raw(Encoding.ASCII.GetBytes(bytes));
        var delivery = await bench.SendOneAsync();
        Assert.AreEqual((DeliveryState.Pending, 1), (delivery.State, delivery.Attempts));
        Assert.StartsWith("no usable answer", delivery.Result!);
    }

    [TestMethod]
    public async Task A_2xx_whose_body_breaks_off_is_success_for_the_receiver_has_said_so()
    {
        await using var bench = new WebhookBench();
        bench.Receiver.Reply = new HttpReply.Raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"u8.ToArray());
        Assert.AreEqual(DeliveryState.Delivered, (await bench.SendOneAsync()).State);
    }

    [TestMethod]
    [DataRow(200, DeliveryState.Delivered)]
    [DataRow(500, DeliveryState.Pending)]
    public async Task A_body_without_end_is_cut_off(int status, DeliveryState expected)
    {
        await using var bench = new WebhookBench();
        bench.Receiver.Reply = new HttpReply.EndlessBody(status);
        Assert.AreEqual(expected, (await bench.SendOneAsync()).State);
        await Wait.UntilAsync(() => bench.Receiver.Open == 0, "the sender to cut the connection");
        Assert.IsLessThan(64L << 20, bench.Receiver.EndlessBytes, "no more than socket buffers hold");
    }

    [TestMethod]
    public async Task Headers_without_end_are_a_failure()
    {
        await using var bench = new WebhookBench();
        bench.Receiver.Reply = new HttpReply.EndlessHeaders();
        var delivery = await bench.SendOneAsync();
        Assert.AreEqual(DeliveryState.Pending, delivery.State);
        Assert.StartsWith("no usable answer", delivery.Result!);
    }

    [TestMethod]
    public async Task Retry_After_in_seconds_is_honoured()
    {
        await using var bench = new WebhookBench();
        bench.Receiver.Then(HttpReply.Status(429, ("Retry-After", "120")));
        var delivery = await bench.SendOneAsync();
        Assert.AreEqual(bench.Now.AddSeconds(120), delivery.DueAt);
        Assert.AreEqual(bench.Now.AddSeconds(120), bench.Circuit.OpenUntil);
    }

    [TestMethod]
    public async Task Retry_After_as_a_date_is_measured_from_the_receivers_own_clock()
    {
        await using var bench = new WebhookBench();
        bench.Receiver.Then(HttpReply.Status(503, ("Date", "Sun, 01 Jan 2040 00:00:00 GMT"), ("Retry-After", "Sun, 01 Jan 2040 00:03:00 GMT")));
        Assert.AreEqual(bench.Now.AddMinutes(3), (await bench.SendOneAsync()).DueAt);
    }

    [TestMethod]
    public async Task Retry_After_as_a_date_without_a_Date_header_is_measured_from_ours()
    {
        await using var bench = new WebhookBench();
        bench.Receiver.Then(HttpReply.Status(503, ("Retry-After", "Mon, 05 Jan 2026 12:02:00 GMT")));
        Assert.AreEqual(bench.Now.AddMinutes(2), (await bench.SendOneAsync()).DueAt);
    }

    [TestMethod]
    [DataRow("99999999999", 5, DisplayName = "more seconds than an integer holds: ignored")]
    [DataRow("864000", 86400, DisplayName = "ten days: capped at one")]
    [DataRow("-5", 5, DisplayName = "negative: ignored")]
    [DataRow("soon", 5, DisplayName = "garbage: ignored")]
    public async Task A_senseless_Retry_After_does_no_harm(string value, int seconds)
    {
        await using var bench = new WebhookBench();
        bench.Receiver.Then(HttpReply.Status(500, ("Retry-After", value)));
        Assert.AreEqual(bench.Now.AddSeconds(seconds), (await bench.SendOneAsync()).DueAt);
    }

    [TestMethod]
    public async Task A_410_disables_the_target_visibly_and_its_deliveries_go_to_the_dead_letter()
    {
        await using var bench = new WebhookBench(change: w => w with { MaxInFlight = 1 });
        bench.Receiver.Reply = HttpReply.Status(410);
        bench.Store.Tell();
        bench.Store.Tell();
        await bench.WorkAsync();
        await bench.WorkAsync();
        Assert.HasCount(1, bench.Receiver.Requests);
        Assert.HasCount(2, bench.Store.All(DeliveryState.Dead));
        Assert.AreEqual((false, true), (bench.Queue.State.Healthy, bench.Queue.State.Disabled));
        Assert.Contains("410", bench.Queue.State.Reason!);
        Assert.IsTrue(bench.Loggers.Lines.Any(l => l.Contains("soc is disabled")));
    }

    [TestMethod]
    public async Task Neither_secrets_nor_the_url_appear_in_logs_results_or_printed_options()
    {
        await using var bench = new WebhookBench(change: w => w with { Url = w.Url + "?token=hunter2" });
        bench.Receiver.Then(HttpReply.Status(500), new HttpReply.Close(), new HttpReply.Raw("x"u8.ToArray()), HttpReply.Status(410));
        var delivery = await bench.SendOneAsync();
        for (var i = 0; i < 6; i++)
        {
            bench.UntilDue(bench.Store.Delivery(delivery.Id));
            await bench.WorkAsync();
        }

        Assert.AreEqual(DeliveryState.Dead, bench.Store.Delivery(delivery.Id).State);
        var redis = new RedisOptions { Configuration = new Secret("localhost,password=hunter2") };
        var options = new ResponseOptions { Webhooks = [bench.Options], Redis = redis };
        string[] seen = [.. bench.Loggers.Lines, .. bench.Store.All().Select(d => d.Result!), bench.Options.ToString(), redis.ToString(), options.ToString(),
            JsonSerializer.Serialize(options.Webhooks[0].Secrets), JsonSerializer.Serialize(redis.Configuration)];
        Assert.IsGreaterThan(8, seen.Length);
        foreach (var text in seen)
        {
            Assert.DoesNotContain("hunter2", text);
            Assert.DoesNotContain(Some.SecretText["whsec_".Length..], text);
        }
    }
}
