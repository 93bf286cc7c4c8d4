using System.Text;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Events;

[TestClass]
public sealed class TelemetryEventTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    [TestMethod]
    public void Texts_are_what_was_set_whichever_buffers_they_stand_in()
    {
        var record = Encoding.UTF8.GetBytes("event-1 token-1 laptop /v1/items GET");
        var e = new TelemetryEvent { Id = new TextSlice(record, 0, 7), Tenant = Symbol.Create("acme"), TokenId = new TextSlice(record, 8, 7) };
        e.Resource = TextSlice.Of("/v1/\"quoted\"");
        e.DeviceId = new TextSlice(record, 16, 6);
        e.Scope = TextSlice.Of("a third buffer");
        e.UserAgent = TextSlice.Of("a fourth");
        e.Method = new TextSlice(record, 33, 3);
        e.Scope = TextSlice.Of("another scope");

        Assert.AreEqual(
            "event-1|token-1|/v1/\"quoted\"|laptop|another scope|a fourth|GET|",
            $"{e.Id}|{e.TokenId}|{e.Resource}|{e.DeviceId}|{e.Scope}|{e.UserAgent}|{e.Method}|{e.DelegationId}");
    }

    [TestMethod]
    public void A_text_taken_back_is_absent_and_leaves_the_others_alone()
    {
        var e = SomeTelemetry.Event(T0, id: "e1") with { TokenId = TextSlice.Of("t1"), Resource = TextSlice.Of("/v1/items") };
        e.TokenId = default;
        Assert.IsTrue(e.TokenId.IsEmpty);
        Assert.AreEqual(0UL, e.TokenHash);
        Assert.AreEqual("e1 /v1/items", $"{e.Id} {e.Resource}");
    }

    [TestMethod]
    public void The_agent_is_the_device_or_else_the_user_agent_in_whatever_order_they_came()
    {
        var (device, browser) = (TextSlice.Of("laptop of ada"), TextSlice.Of("Mozilla/5.0 (X11)"));
        var first = new TelemetryEvent { DeviceId = device, UserAgent = browser };
        var last = new TelemetryEvent { UserAgent = browser, DeviceId = device };
        var none = last with { DeviceId = default };

        Assert.AreEqual("laptop of ada", first.Agent.ToString());
        Assert.AreEqual(device.Fingerprint, first.AgentMark);
        Assert.AreEqual(device.Fingerprint, last.AgentMark);
        Assert.AreEqual(browser.Fingerprint, none.AgentMark);
        Assert.AreNotEqual(device.Fingerprint, browser.Fingerprint);
    }

    [TestMethod]
    public void The_key_is_of_id_and_tenant_as_they_are_now()
    {
        var e = SomeTelemetry.Event(T0, "acme", "e1");
        var key = e.Key;
        e.MakeKey();
        Assert.AreEqual(key, e.Key);
        Assert.AreNotEqual(key, (e with { Id = TextSlice.Of("e2") }).Key);
        Assert.AreNotEqual(key, (e with { Tenant = Symbol.Create("other") }).Key);
        Assert.AreNotEqual(key, (e with { Tenant = Symbol.Create("acme", seed: 7) }).Key, "the installation's seed keys it");
        Assert.AreEqual(key, SomeTelemetry.Event(T0.AddDays(1), "acme", "e1").Key);
    }

    [TestMethod]
    public void An_address_is_the_same_after_a_cut_to_its_network()
    {
        var (six, four) = (NetworkAddress.Parse("2001:db8:1:2:3:4:5:6"), NetworkAddress.Parse("203.0.113.77"));
        Assert.AreEqual("2001:db8:1:2::/64", six.ToNetworkString());
        Assert.AreEqual(NetworkAddress.Parse("2001:db8:1:2::"), six.Network);
        Assert.AreEqual("203.0.113.0", four.Neighbourhood.ToString());
        Assert.AreEqual(four, NetworkAddress.FromIPv6(four.Bits | ((UInt128)0xffff << 32)));
    }
}
