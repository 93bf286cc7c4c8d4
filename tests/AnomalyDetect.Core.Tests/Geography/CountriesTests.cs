using AnomalyDetect.Core.Geography;
using CsCheck;

namespace AnomalyDetect.Core.Tests.Geography;

[TestClass]
public sealed class CountriesTests
{
    private static readonly string[] Pairs =
        [.. Enumerable.Range(0, 128 * 128).Select(i => new string([(char)(i / 128), (char)(i % 128)]))];

    /// <summary>Far from something: from at least one of four that are far from each other.</summary>
    private static readonly string[] Known = [.. Pairs.Where(c => new[] { "PT", "NZ", "ZA", "EC" }.Any(other => Km(c, other) > 0))];

    private static readonly Gen<string> Code = Gen.Int[0, Known.Length - 1].Select(i => Known[i]);

    private static double Km(string a, string b) => Countries.LeastDistanceKm(Countries.Pack(a), Countries.Pack(b));

    [TestMethod]
    public void All_codes_are_two_upper_case_letters()
    {
        Assert.IsGreaterThan(240, Known.Length);
        Assert.IsTrue(Known.All(c => c.All(char.IsAsciiLetterUpper)));
    }

    [TestMethod]
    [DataRow("DE", "FR")]
    [DataRow("DE", "PL")]
    [DataRow("US", "CA")]
    [DataRow("US", "MX")]
    [DataRow("RU", "FI")]
    [DataRow("CN", "VN")]
    [DataRow("BR", "AR")]
    [DataRow("ES", "PT")]
    [DataRow("IN", "PK")]
    public void Neighbours_are_never_apart(string a, string b) => Assert.AreEqual(0, Km(a, b));

    [TestMethod]
    [DataRow("DE", "SG", 8_000)]
    [DataRow("US", "NL", 3_000)]
    [DataRow("GB", "AU", 10_000)]
    [DataRow("BR", "JP", 13_000)]
    public void Continents_are(string a, string b, double km) => Assert.IsGreaterThan(km, Km(a, b));

    [TestMethod]
    public void Of_an_unknown_country_nothing_is_claimed()
    {
        Assert.AreEqual(0, Km("ZZ", "NZ"));
        Assert.AreEqual(0, Countries.LeastDistanceKm(0, Countries.Pack("NZ")));
        Assert.AreEqual("??", Countries.Name(0));
    }

    [TestMethod]
    public void There_and_back_are_equally_far_and_no_place_is_further_than_half_the_globe() =>
        Gen.Select(Code, Code).Sample((a, b) =>
        {
            Assert.AreEqual(Km(a, b), Km(b, a));
            Assert.IsTrue(Km(a, b) is >= 0 and < 20_016);
            if (a == b) Assert.AreEqual(0, Km(a, b));
        });

    [TestMethod]
    public void A_code_packs_and_unpacks() => Code.Sample(c => Assert.AreEqual(c, Countries.Name(Countries.Pack(c))));
}
