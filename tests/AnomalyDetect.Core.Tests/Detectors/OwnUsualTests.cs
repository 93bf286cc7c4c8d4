using AnomalyDetect.Core.Alerts;

namespace AnomalyDetect.Core.Tests.Detectors;

/// <summary>Who makes what a tenant's minute holds too much of may be doing nothing else than always.</summary>
[TestClass]
public sealed class OwnUsualTests
{
    [TestMethod]
    [DataRow(150.0, 140.0, 0.89, false, true, DisplayName = "a job at work")]
    [DataRow(150.0, 90.0, 0.89, false, false, DisplayName = "more than it is used to")]
    [DataRow(150.0, null, 0.89, false, false, DisplayName = "of whom nothing is known")]
    [DataRow(150.0, 140.0, 0.79, false, false, DisplayName = "others make too much of it")]
    [DataRow(150.0, 140.0, 0.89, true, false, DisplayName = "only claimed to be it")]
    public void Somebody_known_who_makes_most_of_a_minute_and_no_more_than_always_explains_it(double observed, double? expected, double share, bool claimed, bool explains) =>
        Assert.AreEqual(explains, new Contributor(EntityKind.Principal, "svc-nightly-batch", observed, expected, share, claimed).IsAtItsUsual);
}
