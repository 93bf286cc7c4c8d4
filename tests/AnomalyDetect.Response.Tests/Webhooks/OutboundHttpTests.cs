using System.Net;
using AnomalyDetect.Response.Webhooks;

namespace AnomalyDetect.Response.Tests.Webhooks;

[TestClass]
public class OutboundHttpTests
{
    [TestMethod]
    public async Task A_name_that_resolves_to_loopback_is_never_dialled()
    {
        await using var bench = new WebhookBench(change: w => w with { Url = w.Url.Replace("127.0.0.1", "localhost"), AllowedRanges = ["10.0.0.0/8"] });
        var delivery = await bench.SendOneAsync();
        Assert.AreEqual(DeliveryState.Pending, delivery.State);
        Assert.Contains("not a public address", delivery.Result!);
        Assert.AreEqual(0, bench.Receiver.Accepted);
    }

    [TestMethod]
    public async Task An_address_literal_of_loopback_is_never_dialled()
    {
        await using var bench = new WebhookBench(change: w => w with { AllowedRanges = ["127.0.0.2/32"] });
        var delivery = await bench.SendOneAsync();
        Assert.Contains("127.0.0.1 is not a public address", delivery.Result!);
        Assert.AreEqual(0, bench.Receiver.Accepted);
    }

    [TestMethod]
    public async Task A_name_is_resolved_once_and_the_judged_address_is_the_one_dialled()
    {
        var asked = 0;
        // Rebinding: good at the first look, loopback from the second on.
        await using var bench = new WebhookBench(
            change: w => w with { Url = w.Url.Replace("127.0.0.1", "rebind.example"), AllowedRanges = ["127.0.0.2/32"] },
            resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(Interlocked.Increment(ref asked) == 1 ? "127.0.0.2" : "127.0.0.1")]));
        var first = await bench.SendOneAsync();
        Assert.AreEqual(1, asked);
        Assert.AreEqual(0, bench.Receiver.Accepted, "the receiver listens on 127.0.0.1 only, and that must not be dialled");
        Assert.Contains("could not connect", first.Result!);
        bench.UntilDue(first);
        await bench.WorkAsync();
        Assert.AreEqual(2, asked);
        Assert.Contains("127.0.0.1 is not a public address", bench.Store.Delivery(first.Id).Result!);
        Assert.AreEqual(0, bench.Receiver.Accepted);
    }

    [TestMethod]
    public async Task Of_several_addresses_only_the_allowed_ones_are_dialled()
    {
        await using var bench = new WebhookBench(
            change: w => w with { Url = w.Url.Replace("127.0.0.1", "two.example"), AllowedRanges = ["127.0.0.1/32"] },
            resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.1"), IPAddress.Loopback]));
        Assert.AreEqual(DeliveryState.Delivered, (await bench.SendOneAsync()).State);
    }

    [TestMethod]
    public async Task A_certificate_nobody_vouches_for_is_refused()
    {
        await using var bench = new WebhookBench(HttpReceiver.StartUntrustedTls());
        var delivery = await bench.SendOneAsync();
        Assert.AreEqual(DeliveryState.Pending, delivery.State);
        Assert.AreEqual("no usable answer: SecureConnectionError", delivery.Result);
        Assert.IsEmpty(bench.Receiver.Requests);
    }

    [TestMethod]
    [DataRow(301)]
    [DataRow(302)]
    [DataRow(307)]
    [DataRow(308)]
    public async Task Redirects_are_failures_and_not_followed(int status)
    {
        await using var elsewhere = HttpReceiver.Start();
        await using var bench = new WebhookBench();
        bench.Receiver.Reply = HttpReply.Status(status, ("Location", elsewhere.Url));
        var delivery = await bench.SendOneAsync();
        Assert.AreEqual(DeliveryState.Pending, delivery.State);
        Assert.Contains("redirects are not followed", delivery.Result!);
        Assert.AreEqual(0, elsewhere.Accepted);
        Assert.HasCount(1, bench.Receiver.Requests);
    }

    [TestMethod]
    public async Task Cookies_a_receiver_sets_do_not_come_back()
    {
        await using var bench = new WebhookBench();
        bench.Receiver.Reply = HttpReply.Status(200, ("Set-Cookie", "a=b; Path=/"));
        await bench.SendOneAsync();
        await bench.SendOneAsync();
        Assert.IsFalse(bench.Receiver.Requests[1].Headers.ContainsKey("Cookie"));
    }
}
