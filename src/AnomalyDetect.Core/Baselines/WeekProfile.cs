using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.Baselines;

/// <summary>
/// The shape of a tenant's week: the mean count per minute in each of its 168 hours (UTC), learned at the end of each hour; until an hour of the week was
/// seen, that hour of any day stands in. A baseline that is a multiple of it rises with the morning instead of being surprised by it.
/// </summary>
internal sealed class WeekProfile
{
    private const int Hours = 168;
    private const float Unseen = -1;
    private const double Learning = 0.3; // weight of the newest week (or day)

    /// <summary>Counts per minute added to what was seen: about three events an hour, for an hour once empty is not empty for ever.</summary>
    private const double Prior = 0.05;

    private readonly float[] _week = Filled(Hours);
    private readonly float[] _day = Filled(24);
    private long _hour = long.MinValue;
    private double _sum;
    private int _minutes;

    public static int Bytes => (Hours + 24) * 4;

    /// <summary>The mean of the hours known, per minute: what an average minute holds.</summary>
    public double Reference { get; private set; } = 1;

    /// <summary>What is usual at this minute; null while this hour has not been seen on any day.</summary>
    public double? Season(long minute)
    {
        var shape = Shape(minute);
        return shape < 0 ? null : shape + Prior;
    }

    /// <summary>This hour of the week was seen itself, not only its hour of the day.</summary>
    public bool KnowsHour(long minute) => _week[SlotOfWeek(minute / 60)] >= 0;

    public void Learn(long minute, double count)
    {
        var hour = minute / 60;
        if (hour != _hour) CloseHour(hour);
        _sum += count;
        _minutes++;
    }

    private void CloseHour(long next)
    {
        if (_minutes >= 30)
        {
            var mean = (float)(_sum / _minutes);
            Blend(ref _week[SlotOfWeek(_hour)], mean);
            Blend(ref _day[(int)(_hour % 24)], mean);
            UpdateReference();
        }

        (_hour, _sum, _minutes) = (next, 0, 0);
    }

    private void UpdateReference()
    {
        var (sum, known) = (0.0, 0);
        foreach (var mean in _day)
        {
            if (mean < 0) continue;
            sum += mean;
            known++;
        }

        Reference = (sum / known) + Prior;
    }

    private static void Blend(ref float slot, float mean) => slot = slot < 0 ? mean : (float)(slot + (Learning * (mean - slot)));

    /// <summary>Interpolated between the middles of neighbouring hours; negative when this hour has not been seen.</summary>
    private double Shape(long minute)
    {
        var hour = minute / 60;
        var here = At(hour);
        if (here < 0) return Unseen;
        var into = ((minute % 60) - 30) / 60.0;
        var beside = At(into < 0 ? hour - 1 : hour + 1);
        return beside < 0 ? here : here + (Math.Abs(into) * (beside - here));
    }

    private float At(long hour)
    {
        var week = _week[SlotOfWeek(hour)];
        return week >= 0 ? week : _day[(int)(hour % 24)];
    }

    private static int SlotOfWeek(long hour) => (int)(hour % Hours);

    private static float[] Filled(int length)
    {
        var values = new float[length];
        Array.Fill(values, Unseen);
        return values;
    }

    public void Save(StateWriter writer)
    {
        writer.Raw<float>(_week);
        writer.Raw<float>(_day);
        writer.Long(_hour);
        writer.Double(_sum);
        writer.Int(_minutes);
    }

    public void Load(ref StateReader reader)
    {
        reader.Raw(_week.AsSpan());
        reader.Raw(_day.AsSpan());
        _hour = reader.Long();
        _sum = reader.Double();
        _minutes = reader.Int();
        if (Array.Exists(_day, mean => mean >= 0)) UpdateReference();
    }
}
