using AnomalyDetect.Core.Multivariate;

namespace AnomalyDetect.Learning.Tests;

[TestClass]
public sealed class FeatureProfileTests
{
    private static FeatureProfile Of(IEnumerable<FeatureRow> rows)
    {
        var profile = new FeatureProfile();
        foreach (var row in rows) profile.Add(row);
        return profile;
    }

    [TestMethod]
    public void What_is_alike_has_hardly_drifted_and_what_grew_has()
    {
        var (then, now) = (Of(SomeHistory.Of()), Of(SomeHistory.Of(seed: 2)));
        Assert.IsTrue(now.DriftFrom(then).All(d => Math.Max(d.Principals, d.Tenants) < 0.1));
        var grown = Of(SomeHistory.Of(seed: 2).Select(r =>
        {
            var values = r.Values;
            values[Feature.Kilobytes] += 2;
            return r with { Values = values };
        }));
        var drifted = grown.DriftFrom(then).Where(d => d.Principals >= FeatureProfile.Large).ToList();
        Assert.AreEqual(Feature.Kilobytes, drifted.Single().Feature);
    }

    [TestMethod]
    public void The_index_is_the_sum_that_it_is_named_for()
    {
        // Half of the rows moved from the bin of 0 to another: (0.5 − 1) ln 0.5 + (0.5 − 0.0001) ln (0.5 / 0.0001), the empty bin taken for one in ten thousand.
        FeatureVector zero = default, one = default;
        one[Feature.Logins] = 1;
        var rows = SomeHistory.Of().Where(r => r.Principal is not null).Take(100).ToList();
        var then = Of(rows.Select(r => r with { Values = zero }));
        var now = Of(rows.Select((r, i) => r with { Values = i % 2 == 0 ? zero : one }));
        Assert.AreEqual((-0.5 * Math.Log(0.5)) + ((0.5 - 1e-4) * Math.Log(0.5 / 1e-4)), now.DriftFrom(then)[(int)Feature.Logins].Principals, 1e-9);
    }

    [TestMethod]
    public void It_is_read_as_it_was_written_and_rubbish_is_no_profile()
    {
        var profile = Of(SomeHistory.Of());
        var read = FeatureProfile.TryRead(profile.ToBytes())!;
        Assert.AreEqual(profile.Rows, read.Rows);
        Assert.IsTrue(read.DriftFrom(profile).All(d => d.Principals == 0 && d.Tenants == 0));
        foreach (var rubbish in new[] { "", "{}", "[]", """{"format":9,"feature_schema":1}""", """{"format":1,"feature_schema":1,"principals":{}}""" })
            Assert.IsNull(FeatureProfile.TryRead(System.Text.Encoding.UTF8.GetBytes(rubbish)), rubbish);
    }

    [TestMethod]
    public void Constant_is_what_never_left_its_bin()
    {
        Assert.IsTrue(Of(SomeHistory.Of(constant: true)).IsConstant);
        Assert.IsFalse(Of(SomeHistory.Of()).IsConstant);
        Assert.IsFalse(new FeatureProfile().IsConstant);
    }
}
