using System.Net;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Response.Webhooks;

namespace AnomalyDetect.Response.Tests.Webhooks;

[TestClass]
public class DialPolicyTests
{
    [TestMethod]
    [DataRow("127.0.0.1")]
    [DataRow("0.0.0.0")]
    [DataRow("10.1.2.3")]
    [DataRow("100.64.0.1")]
    [DataRow("169.254.169.254")]
    [DataRow("172.16.0.1")]
    [DataRow("192.168.1.1")]
    [DataRow("192.0.0.8")]
    [DataRow("198.18.0.1")]
    [DataRow("203.0.113.9")]
    [DataRow("224.0.0.1")]
    [DataRow("255.255.255.255")]
    [DataRow("::1")]
    [DataRow("::")]
    [DataRow("::ffff:127.0.0.1")]
    [DataRow("::ffff:10.0.0.1")]
    [DataRow("::7f00:1")]
    [DataRow("64:ff9b::7f00:1")]
    [DataRow("fc00::1")]
    [DataRow("fe80::1%1")]
    [DataRow("fec0::1")]
    [DataRow("ff02::1")]
    [DataRow("2002:7f00:1::")]
    [DataRow("2001:0:1::1")]
    [DataRow("2001:db8::1")]
    public void Addresses_that_are_not_public_are_refused(string address) =>
        Assert.IsNotNull(new DialPolicy([]).Refusal(IPAddress.Parse(address), tls: true));

    [TestMethod]
    [DataRow("1.1.1.1")]
    [DataRow("172.32.0.1")]
    [DataRow("100.128.0.1")]
    [DataRow("::ffff:8.8.8.8")]
    [DataRow("2606:4700::1111")]
    public void Public_addresses_are_dialled_by_tls_only(string address)
    {
        Assert.IsNull(new DialPolicy([]).Refusal(IPAddress.Parse(address), tls: true));
        Assert.IsNotNull(new DialPolicy([]).Refusal(IPAddress.Parse(address), tls: false));
    }

    [TestMethod]
    public void A_configured_range_opens_that_range_alone()
    {
        var policy = new DialPolicy([AddressRange.Parse("10.1.0.0/16")]);
        Assert.IsNull(policy.Refusal(IPAddress.Parse("10.1.2.3"), tls: false));
        Assert.IsNull(policy.Refusal(IPAddress.Parse("::ffff:10.1.2.3"), tls: true));
        Assert.IsNotNull(policy.Refusal(IPAddress.Parse("10.2.0.1"), tls: true));
    }
}
