using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.Baselines;

/// <summary>The last hour of closed minutes, observed and expected, for the plot in an alert. 492 bytes.</summary>
internal sealed class RecentMinutes
{
    public const int Kept = 60;

    private readonly float[] _observed = new float[Kept];
    private readonly float[] _expected = new float[Kept];
    private long _newest;
    private int _count;

    public static int Bytes => Kept * 8;

    /// <summary>Minutes that were skipped because nothing was known of them leave no gap.</summary>
    public void Add(long minute, double observed, double expected)
    {
        if (minute != _newest + 1) _count = 0;
        _newest = minute;
        _observed[minute % Kept] = (float)observed;
        _expected[minute % Kept] = (float)expected;
        _count = Math.Min(_count + 1, Kept);
    }

    /// <summary>Of what the last hour let expect, how much was seen of it, up to the newest minute with anything in it; 0 where that is less than half an hour.</summary>
    public double Agreement()
    {
        var last = 0;
        while (last < _count && _observed[(_newest - last) % Kept] == 0) last++;
        if (_count - last < Kept / 2) return 0;
        var (observed, expected) = (0.0, 0.0);
        for (var back = last; back < _count; back++)
        {
            var slot = (_newest - back) % Kept;
            (observed, expected) = (observed + _observed[slot], expected + _expected[slot]);
        }

        return expected > 0 ? observed / expected : 0;
    }

    public Series? ToSeries()
    {
        if (_count == 0) return null;
        var (observed, expected) = (new double[_count], new double[_count]);
        for (var i = 0; i < _count; i++)
        {
            var slot = (_newest - _count + 1 + i) % Kept;
            (observed[i], expected[i]) = (Math.Round(_observed[slot], 1), Math.Round(_expected[slot], 1));
        }

        return new Series(new DateTime((_newest - _count + 1) * TimeSpan.TicksPerMinute, DateTimeKind.Utc), 60, observed, expected);
    }

    public void Save(StateWriter writer)
    {
        writer.Raw<float>(_observed);
        writer.Raw<float>(_expected);
        writer.Long(_newest);
        writer.Int(_count);
    }

    public void Load(ref StateReader reader)
    {
        reader.Raw(_observed.AsSpan());
        reader.Raw(_expected.AsSpan());
        _newest = reader.Long();
        _count = reader.Int();
        if (_count is < 0 or > Kept) throw new InvalidDataException("a series in the lane checkpoint has an impossible length");
    }
}
