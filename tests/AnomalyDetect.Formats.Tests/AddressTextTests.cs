using System.Net;
using System.Text;
using CsCheck;

namespace AnomalyDetect.Formats.Tests;

[TestClass]
public class AddressTextTests
{
    [TestMethod]
    public void Every_address_reads_back_as_written() =>
        Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16]).Select(bytes => new IPAddress(bytes)).Sample(address =>
            AddressText.TryParse(Encoding.ASCII.GetBytes(address.ToString()), out var read)
            && read.ToString() == (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());

    [TestMethod]
    [DataRow("1.2.3")]
    [DataRow("1.2.3.4.5")]
    [DataRow("1.2.3.256")]
    [DataRow("1..3.4")]
    [DataRow("1.2.3.")]
    [DataRow(".1.2.3")]
    [DataRow("01.2.3.4")]
    [DataRow("1.2.3.4 ")]
    [DataRow("0x1.2.3.4")]
    [DataRow("16909060")]
    [DataRow("::1%1")]
    [DataRow("::1/64")]
    [DataRow("[::1]:80")]
    [DataRow("1:2")]
    [DataRow(":::")]
    [DataRow("")]
    public void What_is_no_plain_address_is_refused(string text) => Assert.IsFalse(AddressText.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [TestMethod]
    public void A_mapped_IPv4_address_is_the_IPv4_address()
    {
        Assert.IsTrue(AddressText.TryParse("::ffff:203.0.113.7"u8, out var mapped));
        Assert.AreEqual("203.0.113.7", mapped.ToString());
    }
}
