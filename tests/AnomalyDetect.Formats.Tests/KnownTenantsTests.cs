using System.Text;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Formats.Tests;

/// <summary>A name that came lately is the symbol it is without that, also where names displace each other.</summary>
[TestClass]
public sealed class KnownTenantsTests
{
    [TestMethod]
    public void Every_name_is_its_own_symbol_however_often_names_meet_in_one_slot()
    {
        var symbols = new SymbolTable(seed: 5);
        var tenants = new KnownTenants(symbols);
        // Those that end alike and are as long as each other meet.
        string[] names = [.. Enumerable.Range(0, 26).Select(i => $"a{(char)('a' + i)}z-the-same-end"), "acme", "a", "globex"];
        for (var round = 0; round < 3; round++)
        {
            foreach (var name in names)
            {
                for (var again = 0; again < 2; again++)
                {
                    var found = tenants.Find(Encoding.UTF8.GetBytes(name));
                    Assert.AreEqual(name, found!.Text);
                    Assert.AreEqual(symbols.Intern(Encoding.UTF8.GetBytes(name)), found);
                }
            }
        }
    }

    [TestMethod]
    public void Names_that_displace_each_other_make_no_garbage()
    {
        var tenants = new KnownTenants(new SymbolTable());
        byte[][] names = [.. Enumerable.Range(0, 3_000).Select(i => Encoding.UTF8.GetBytes($"tenant-{i:000}"))];
        Assert.AreEqual(0, Allocation.Of(() =>
        {
            foreach (var name in names) tenants.Find(name);
        }));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("a b")]
    [DataRow("acme/../x")]
    [DataRow("é")]
    public void What_is_no_name_is_none_however_often_it_comes(string text)
    {
        var tenants = new KnownTenants(new SymbolTable());
        for (var i = 0; i < 3; i++) Assert.IsNull(tenants.Find(Encoding.UTF8.GetBytes(text)));
        Assert.IsNull(tenants.Find(Encoding.UTF8.GetBytes(new string('a', 129))));
        Assert.IsNotNull(tenants.Find(Encoding.UTF8.GetBytes(new string('a', 128))));
    }
}
