using AnomalyDetect.Core.Alerts;

namespace AnomalyDetect.Core.Tests.Detectors;

/// <summary>Who makes what a tenant's minute holds too much of may be doing nothing else than always.</summary>
[TestClass]
public sealed class OwnUsualTests
{
    [TestMethod]
    [DataRow(150.0, 140.0, 165.0, false, true, DisplayName = "a job at work")]
    [DataRow(150.0, 140.0, 190.0, false, true, DisplayName = "a job at work, and others as they may be without anybody being told")]
    [DataRow(150.0, 90.0, 165.0, false, false, DisplayName = "more than it is used to")]
    [DataRow(150.0, null, 165.0, false, false, DisplayName = "of whom nothing is known")]
    [DataRow(150.0, 140.0, 191.0, false, false, DisplayName = "others make too much of it")]
    [DataRow(150.0, 140.0, 165.0, true, false, DisplayName = "only claimed to be it")]
    public void Somebody_known_who_makes_no_more_than_always_explains_a_minute_of_which_the_rest_would_not_be_told(double observed, double? expected, double whole, bool claimed, bool explains) =>
        Assert.AreEqual(explains, new Contributor(EntityKind.Principal, "svc-nightly-batch", observed, expected, observed / whole, claimed).ExplainsByItsUsual(whole, limit: 40));
}
