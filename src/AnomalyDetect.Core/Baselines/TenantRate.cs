using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Detectors;

namespace AnomalyDetect.Core.Baselines;

/// <summary>A tenant's baseline for one kind of event: what a minute normally holds, at this time of week and of day, and how rare deviations from it are.</summary>
internal sealed class TenantRate(RatePrior? prior = null)
{
    private const int StaleMinutes = 24 * 60;
    private const double HardlyKnown = 0.5, MaybeWeekend = 0.15; // of what is expected

    private readonly WeekProfile _profile = new();
    private readonly DayShape _day = new();
    private CountBaseline _baseline;
    private TailEstimate _tail;
    private bool _followsSeason;
    private long _lastMinute;
    private int _silent; // minutes up to the last one in which nothing at all came, and of which the day's shape has not heard
    private long _hourMinute = -1; // the minute whose hour was asked for last,
    private double _hour; // and what that hour holds

    public int Windows => _baseline.Windows;

    public RecentMinutes Recent { get; } = new();

    public ref readonly TailEstimate Tail => ref _tail;

    /// <summary>The first minute it learned from; 0 before that.</summary>
    public long FirstMinute { get; private set; }

    public static int Bytes => 12 + WeekProfile.Bytes + DayShape.Bytes + RecentMinutes.Bytes + 64;

    /// <summary>What is expected in this minute, with nothing observed yet.</summary>
    public Deviation Expected(long minute) => Judge(minute, 0);

    public Deviation Judge(long minute, double count) =>
        prior is null ? _baseline.Judge(count, Season(minute)) : _baseline.Judge(count, Season(minute), prior.TenantDispersion);

    public double Dispersion => _baseline.Dispersion;

    /// <summary>Counts in a minute of the average hour.</summary>
    public double Level => _followsSeason ? _profile.Reference : _baseline.Mean;

    public BaselineState StateAt(long minute) =>
        !_followsSeason ? BaselineState.Learning : minute - _lastMinute > StaleMinutes ? BaselineState.Stale : BaselineState.Active;

    /// <summary>What a deviation counts for: before the night or the weekend has been seen, the evening and the weekend surprise.</summary>
    public double Confidence(long minute) => !_followsSeason ? 0.6 : _profile.KnowsHour(minute) && minute - _lastMinute <= StaleMinutes ? 1 : 0.75;

    public BaselineSummary ToSummary(long minute) =>
        new(StateAt(minute), Windows, new DateTime(FirstMinute * TimeSpan.TicksPerMinute, DateTimeKind.Utc));

    /// <summary>
    /// What a minute should hold, freed of over-dispersion. Careful where little is known: before the first day is over nobody knows the night, and an hour of the week
    /// not yet seen may be a weekend's. That it is not, the hour before the silence tells: it was as on the days known.
    /// </summary>
    public double ExpectedIndependent(long minute)
    {
        var judged = Judge(minute, 0);
        return judged.Expected / judged.Dispersion * (!_followsSeason ? HardlyKnown : _profile.KnowsHour(minute) ? 1 : Math.Clamp(HardlyKnown * Recent.Agreement(), MaybeWeekend, HardlyKnown));
    }

    /// <summary>log(average hour ÷ this hour), 0 to 4.</summary>
    public double QuietHour(long minute) => _followsSeason ? Math.Clamp(Math.Log(_profile.Reference / HourOf(minute)), 0, 4) : 0;

    private double Season(long minute) => _followsSeason ? HourOf(minute) * _day.Ratio(minute) : 1;

    /// <summary>An hour never seen is taken for an average one.</summary>
    private double HourOf(long minute)
    {
        if (minute != _hourMinute) (_hourMinute, _hour) = (minute, _profile.Season(minute) ?? _profile.Reference);
        return _hour;
    }

    /// <param name="count">What the minute held.</param>
    /// <param name="judged">What <see cref="Judge"/> said of it.</param>
    /// <param name="sigmas">What stands further off is learned as if it stood there.</param>
    /// <param name="most">The deviation at which a minute under an alert stops counting for more.</param>
    /// <param name="held">
    /// The minute stands under an open alert: level, dispersion and week learn nothing from it. Only what the day's shape may come to know, for a job that
    /// comes back at its hour every day is no attack by its third day.
    /// </param>
    /// <param name="silent">Nothing of any kind came of the tenant, at an hour at which something usually does.</param>
    public void Learn(long minute, double count, in Deviation judged, double sigmas, double most, bool held, bool silent)
    {
        if (FirstMinute == 0) FirstMinute = minute;
        if (_followsSeason) LearnShape(minute, held ? Math.Min(count, judged.Limit(most)) : count, silent);
        _lastMinute = minute;
        _tail.Learn(judged.Z * Confidence(minute));
        if (!held) _baseline.Learn(count, Season(minute), _followsSeason ? _profile.Reference : 1, sigmas);
        _profile.Learn(minute, held ? judged.Expected : count);
        _hourMinute = -1;

        // The second day begins: what was a plain mean becomes a multiple of the day before.
        if (_followsSeason || _profile.Season(minute + 1) is null) return;
        _followsSeason = true;
        _baseline.FollowSeason();
    }

    /// <summary>
    /// The day's shape learns of a silence when it is over, if it was short: that is a pause. The beginning of a long one, of which no more is learned once it is known to be
    /// one, would make the same minutes of the next day look like a surge.
    /// </summary>
    private void LearnShape(long minute, double count, bool silent)
    {
        // A gap is the middle of a long silence; the end of one may be closed only when it is over.
        var follows = minute == _lastMinute + 1;
        if (silent)
        {
            _silent = follows ? _silent + 1 : RateDetector.SilentMinutes + 1;
            return;
        }

        if (follows && _silent <= RateDetector.SilentMinutes)
            for (var quiet = minute - _silent; quiet < minute; quiet++) _day.Learn(quiet, 0, _baseline.Mean * HourOf(quiet));
        _silent = 0;
        _day.Learn(minute, count, _baseline.Mean * HourOf(minute));
    }

    public void Save(StateWriter writer)
    {
        writer.Raw(_baseline);
        writer.Raw(_tail);
        writer.Bool(_followsSeason);
        writer.Long(FirstMinute);
        writer.Long(_lastMinute);
        writer.Int(_silent);
        _profile.Save(writer);
        _day.Save(writer);
        Recent.Save(writer);
    }

    public void Load(ref StateReader reader)
    {
        _baseline = reader.Raw<CountBaseline>();
        _tail = reader.Raw<TailEstimate>();
        _followsSeason = reader.Bool();
        FirstMinute = reader.Long();
        _lastMinute = reader.Long();
        _silent = reader.Int();
        _profile.Load(ref reader);
        _hourMinute = -1;
        _day.Load(ref reader);
        Recent.Load(ref reader);
    }
}
