using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.Http;

/// <summary>The whole service with a target that takes every message and never answers, an enforcer that is not there, and a target that is well.</summary>
[TestClass]
public sealed class SlowTargetTests
{
    private const int Attacks = 5;

    [TestMethod]
    public async Task A_slow_or_dead_target_delays_no_lane_and_no_other_target()
    {
        await using var slow = HttpReceiver.Start();
        await using var quick = HttpReceiver.Start();
        using var dead = GarnetHost.Prepare();
        slow.Reply = new HttpReply.Hang();
        using var secret = new TempDirectory();
        var path = secret.Write("secret", "whsec_" + Convert.ToBase64String(new byte[32]));
        await using var service = await RunningService.StartAsync(options => options with
        {
            Response = options.Response with
            {
                Webhooks = [Webhook("slow", slow), Webhook("quick", quick)],
                Redis = new RedisSection { Configuration = new SettingValue(dead.Configuration, null) },
                DrainTimeout = TimeSpan.Zero,
            },
        });
        for (var i = 0; i < Attacks; i++) await service.AttackAsync($"tenant-{i}"); // found, decided and in the feed, each after the one before
        await quick.WaitForAsync(Attacks);
        await Wait.UntilAsync(() => Deliveries("quick").All(d => d.State == DeliveryState.Delivered), "what was answered to be recorded");

        Assert.AreEqual(Attacks, Deliveries("quick").Count);
        Assert.AreEqual(Attacks, Deliveries("redis").Count(d => d.State == DeliveryState.Pending));
        Assert.AreEqual(Attacks, Deliveries("slow").Count(d => d is { State: DeliveryState.Pending, Attempts: 0 }), "its first messages are still waiting for their answer");
        Assert.IsGreaterThan(0, slow.Requests.Count);

        List<Delivery> Deliveries(string target) => [.. service.Host.Store.Outbox.List(null, null, 0, 1000).Where(d => d.Target == target)];

        WebhookSection Webhook(string name, HttpReceiver receiver) => new()
        {
            Name = name,
            Url = new SettingValue(receiver.Url, null),
            Secrets = [new SecretReference { File = path }],
            AllowedRanges = ["127.0.0.0/8"],
            Timeout = TimeSpan.FromSeconds(30),
        };
    }
}
