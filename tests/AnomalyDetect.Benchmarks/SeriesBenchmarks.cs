using AnomalyDetect.Core.TimeSeries;
using AnomalyDetect.Core.TimeSeries.Ensemble;
using BenchmarkDotNet.Attributes;

namespace AnomalyDetect.Benchmarks;

/// <summary>
/// One point through each series detector, past its training. To be read beside <see cref="DecodeBenchmarks.Utf8JsonReaderWalk"/>: what a walk through one event
/// costs on the same machine. Nothing allocates.
/// </summary>
[MemoryDiagnoser]
[ShortRunJob]
public class SeriesBenchmarks
{
    private const int Points = 4_096;
    private readonly double[] _series = new double[Points];
    private readonly IidSpikeDetector _iidSpike = new(new IidSpikeOptions { PvalueHistoryLength = 128 });
    private readonly IidSpikeDetector _iidSpikeLong = new(new IidSpikeOptions { PvalueHistoryLength = 1_024 });
    private readonly IidChangePointDetector _iidChangePoint = new(new IidChangePointOptions { ChangeHistoryLength = 20 });
    private readonly SsaSpikeDetector _ssaSpike = new(new SsaSpikeOptions { SeasonalityWindowSize = 24, TrainingWindowSize = 300, PvalueHistoryLength = 64 });
    private readonly SsaChangePointDetector _ssaChangePoint = new(new SsaChangePointOptions { SeasonalityWindowSize = 24, TrainingWindowSize = 300, ChangeHistoryLength = 16 });
    private readonly SrCnnDetector _srCnn = new(new SrCnnOptions { WindowSize = 64 });
    private readonly SrCnnEntireDetector _srCnnEntire = new(new SrCnnEntireOptions { BatchSize = 512, DetectMode = SrCnnDetectMode.AnomalyAndMargin });

    private readonly SeriesEnsemble _ensemble = new(new SeriesEnsembleOptions());
    private DateTime _time = new(2026, 1, 5, 0, 0, 0, DateTimeKind.Utc);

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (var i = 0; i < Points; i++) _series[i] = 100 + (20 * Math.Sin(2 * Math.PI * i / 24)) + (5 * random.NextDouble());
    }

    [Benchmark(OperationsPerInvoke = Points)]
    public int IidSpike() => Feed(_iidSpike);

    [Benchmark(OperationsPerInvoke = Points)]
    public int IidSpikeOverAThousand() => Feed(_iidSpikeLong);

    [Benchmark(OperationsPerInvoke = Points)]
    public int IidChangePoint() => Feed(_iidChangePoint);

    [Benchmark(OperationsPerInvoke = Points)]
    public int SsaSpike() => Feed(_ssaSpike);

    [Benchmark(OperationsPerInvoke = Points)]
    public int SsaChangePoint() => Feed(_ssaChangePoint);

    [Benchmark(OperationsPerInvoke = Points)]
    public int SrCnn() => Feed(_srCnn);

    /// <summary>Five minutes a point; time goes on from one run to the next.</summary>
    [Benchmark(OperationsPerInvoke = Points)]
    public int Ensemble()
    {
        var alerts = 0;
        foreach (var value in _series)
            if (_ensemble.Score(_time = _time.AddMinutes(5), value) >= 0.5) alerts++;
        return alerts;
    }

    /// <summary>A whole batch at a time; allocates.</summary>
    [Benchmark(OperationsPerInvoke = Points)]
    public int SrCnnEntire() => _srCnnEntire.Detect(_series).Count;

    private int Feed(ISeriesDetector detector)
    {
        var alerts = 0;
        foreach (var value in _series)
            if (detector.Observe(0, value).Alert) alerts++;
        return alerts;
    }
}
