using System.Runtime.CompilerServices;
using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.TimeSeries.Ensemble;

/// <summary>
/// Our own detector for a series of any kind, causal and with fixed state. Streams are made of the values (under a signed square root, which evens out counts):
/// the value, its step, means at three scales, what each scale adds to the next, and the residuals against hour of day and hour of week. Each votes when it
/// goes beyond its extremes (<see cref="RecordNovelty"/>); a run of unusual errors adds to the votes (<see cref="AnomalyLikelihood"/>); after an alert it rests.
/// Fails where a break stays inside what was seen before, and where every extreme is news (a trend without end tires it only by its own widening range).
/// A constant series is never scored; the first other value in it is. About 1.3 KB and a fifth of a microsecond a point.
/// </summary>
public sealed class SeriesEnsemble : ISeriesDetector
{
    private const int Streams = 14;
    private const int MostLikelihood = 2;

    [InlineArray(Streams)]
    private struct Records
    {
        private RecordNovelty _first;
    }

    [InlineArray(3)]
    private struct Means
    {
        private double _first;
    }

    private struct State
    {
        public Records Records;
        public Means Values; // over about 4, 16 and 64 points
        public Means OfDay; // of the residual against the hour of the day
        public Means OfWeek;
        public AnomalyLikelihood Error;
        public AnomalyLikelihood DayError;
        public double Previous;
        public double Peak; // evidence of the last alert
        public long AlertAt;
        public long Start;
        public int Points, DayPoints, WeekPoints;
    }

    private static readonly SeriesEnsembleOptions Usual = new();
    private static readonly ulong UsualKey = OptionsKey.Of(Usual);
    private readonly SeriesEnsembleOptions _options;
    private readonly ulong _key;
    private readonly SlotMeans _day = new(24);
    private readonly SlotMeans _week = new(168);
    private State _state;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public SeriesEnsemble(SeriesEnsembleOptions options)
    {
        SeriesOptionsValidator.Require(SeriesOptionsValidator.Validate(options));
        _options = options;
        // What only judges leaves no trace in the state: with another threshold the series goes on.
        var kept = options with { Threshold = Usual.Threshold, Margin = Usual.Margin, Rest = Usual.Rest };
        _key = kept == Usual ? UsualKey : OptionsKey.Of(kept);
    }

    /// <summary>What the detector holds, in bytes.</summary>
    public long Bytes => Unsafe.SizeOf<State>() + _day.Bytes + _week.Bytes + 48;

    /// <summary>Scores a point, 0 to 1; from one half on it is an alert. NaN for a gap, which leaves the state untouched.</summary>
    public double Score(DateTime time, double value) => Observe(time.Ticks, value).Score;

    SeriesVerdict ISeriesDetector.Observe(long time, double value) => Observe(time, value);

    private SeriesVerdict Observe(long time, double value)
    {
        if (SeriesVerdict.IsGap(value)) return SeriesVerdict.Gap;
        var evidence = Rest(time, Weigh(time, Math.Sign(value) * Math.Sqrt(Math.Abs(value))));
        return new SeriesVerdict(evidence >= _options.Threshold, evidence / (evidence + _options.Threshold), 0.5, 0);
    }

    private double Weigh(long time, double x)
    {
        ref var s = ref _state;
        if (s.Points == 0) (s.Previous, s.Start) = (x, time);
        if (s.Points < int.MaxValue) s.Points++;
        var error = Math.Abs(x - s.Values[2]); // against the mean before this point
        Follow(ref s.Values, x, s.Points);
        var hour = time / TimeSpan.TicksPerHour;
        var (ofDay, ofWeek) = (double.NaN, double.NaN);
        if (time - s.Start >= TimeSpan.TicksPerDay && _day.At(hour) is var usual && !double.IsNaN(usual))
        {
            ofDay = x - usual;
            Follow(ref s.OfDay, ofDay, ++s.DayPoints);
        }

        if (time - s.Start >= 7 * TimeSpan.TicksPerDay && _week.At(hour) is var usualInWeek && !double.IsNaN(usualInWeek))
        {
            ofWeek = x - usualInWeek;
            Follow(ref s.OfWeek, ofWeek, ++s.WeekPoints);
        }

        _day.Learn(hour, x);
        _week.Learn(hour, x);

        var votes = Vote(0, x) + Vote(1, x - s.Previous)
            + Vote(2, s.Values[0]) + Vote(3, s.Values[1]) + Vote(4, s.Values[2])
            + Vote(5, x - s.Values[0]) + Vote(6, s.Values[0] - s.Values[1]) + Vote(7, s.Values[1] - s.Values[2]);
        var z = s.Error.Observe(error, _options.WarmUp, _options.LongMemory, _options.ShortMemory);
        if (!double.IsNaN(ofDay))
        {
            votes += Vote(8, ofDay) + Vote(9, s.OfDay[0]) + Vote(10, s.OfDay[1]);
            z = Math.Max(z, s.DayError.Observe(Math.Abs(ofDay), _options.WarmUp, _options.LongMemory, _options.ShortMemory));
        }

        if (!double.IsNaN(ofWeek)) votes += Vote(11, ofWeek) + Vote(12, s.OfWeek[0]) + Vote(13, s.OfWeek[1]);
        s.Previous = x;
        return z > _options.LikelihoodSigmas ? votes + Math.Min(MostLikelihood, z / _options.LikelihoodSigmas) : votes;
    }

    private double Vote(int stream, double value) => _state.Records[stream].Observe(value, _options.Margin, _options.WarmUp);

    /// <summary>Exponential means over about 4, 16 and 64 points; the plain mean until there are that many.</summary>
    private static void Follow(ref Means means, double x, int points)
    {
        for (var i = 0; i < 3; i++)
        {
            var weight = Math.Max(2.0 / ((4 << (2 * i)) + 1), 1.0 / points);
            means[i] += weight * (x - means[i]);
        }
    }

    /// <summary>The largest gain there is for any detector judged by its alerts: one break is one alert, not one at each point of it.</summary>
    private double Rest(long time, double evidence)
    {
        ref var s = ref _state;
        if (s.Peak > 0 && time - s.AlertAt < _options.Rest.Ticks && evidence <= 2 * s.Peak) return 0;
        if (evidence >= _options.Threshold) (s.Peak, s.AlertAt) = (evidence, time);
        return evidence;
    }

    void ISeriesDetector.Save(StateWriter writer)
    {
        OptionsKey.Save(writer, _key);
        writer.Raw(_state);
        _day.Save(writer);
        _week.Save(writer);
    }

    void ISeriesDetector.Load(ref StateReader reader)
    {
        OptionsKey.Check(ref reader, _key, _options);
        _state = reader.Raw<State>();
        _day.Load(ref reader);
        _week.Load(ref reader);
    }
}
