using AnomalyDetect.Core.TimeSeries;

namespace AnomalyDetect.Core.Tests.TimeSeries;

[TestClass]
public sealed class SeriesOptionsTests
{
    [TestMethod]
    public void The_defaults_are_valid()
    {
        Assert.IsEmpty(SeriesOptionsValidator.Validate(new IidSpikeOptions()));
        Assert.IsEmpty(SeriesOptionsValidator.Validate(new IidChangePointOptions()));
        Assert.IsEmpty(SeriesOptionsValidator.Validate(new SsaSpikeOptions()));
        Assert.IsEmpty(SeriesOptionsValidator.Validate(new SsaChangePointOptions()));
        Assert.IsEmpty(SeriesOptionsValidator.Validate(new SrCnnOptions()));
        Assert.IsEmpty(SeriesOptionsValidator.Validate(new SrCnnEntireOptions()));
    }

    [TestMethod]
    public void Every_error_is_told_at_once_with_name_range_and_unit()
    {
        string[] errors =
        [
            .. SeriesOptionsValidator.Validate(new IidSpikeOptions { Confidence = double.NaN, PvalueHistoryLength = 1, Side = (AnomalySide)9 }),
            .. SeriesOptionsValidator.Validate(new IidChangePointOptions { Confidence = 100, ChangeHistoryLength = 0, Eps = 1, Martingale = (MartingaleType)9 }),
            .. SeriesOptionsValidator.Validate(new SsaSpikeOptions { TrainingWindowSize = 48, SeasonalityWindowSize = 24, ErrorFunction = (ErrorFunction)9 }),
            .. SeriesOptionsValidator.Validate(new SrCnnOptions { WindowSize = 16, LookaheadWindowSize = 15, JudgementWindowSize = 17, Threshold = 1.5 }),
            .. SeriesOptionsValidator.Validate(new SrCnnEntireOptions { BatchSize = 11, Sensitivity = 101 }),
        ];
        CollectionAssert.AreEqual(new[]
        {
            "Confidence must be 0 to 100 percent, not NaN",
            "PvalueHistoryLength must be 2 to 65536 points, not 1",
            "Side must be one of Positive, Negative, TwoSided, not 9",
            "Confidence must be above 0 and below 100 percent, not 100",
            "ChangeHistoryLength must be 2 to 65536 points, not 0",
            "Martingale must be one of Power, Mixture, not 9",
            "Eps must be above 0 and below 1 (it has no unit), not 1",
            "TrainingWindowSize must be 49 to 65536 points, not 48",
            "ErrorFunction must be one of SignedDifference, AbsoluteDifference, SignedProportion, AbsoluteProportion, SquaredDifference, not 9",
            "LookaheadWindowSize must be 1 to 14 points, not 15",
            "JudgementWindowSize must be 1 to 16 points, not 17",
            "Threshold must be 0 to 1 (it has no unit), not 1.5",
            "BatchSize must be 12 to 1000000 points, not 11",
            "Sensitivity must be 0 to 100 percent, not 101",
        }, errors);
    }

    [TestMethod]
    public void A_detector_refuses_bad_options() =>
        Assert.ThrowsExactly<ArgumentException>(() => new IidSpikeDetector(new IidSpikeOptions { PvalueHistoryLength = -1 }));
}
