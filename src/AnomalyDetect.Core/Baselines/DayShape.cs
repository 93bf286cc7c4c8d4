using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.Baselines;

/// <summary>
/// What comes back at the same minute of every day and is shorter than an hour, such as a nightly job: for each five minutes of the day the ratio of what was
/// seen to what the hours alone let expect, drawn towards 1 where little was seen.
/// </summary>
internal sealed class DayShape
{
    private const int Slots = 288;
    private const float Fade = 0.75f; // what a day weighs when the next one comes
    private const double Prior = 25; // counts that draw a slot towards 1

    private readonly float[] _seen = new float[Slots];
    private readonly float[] _expected = new float[Slots];
    private long _slot = -1; // five minutes since 0001, as last learned

    public static int Bytes => Slots * 8;

    public double Ratio(long minute)
    {
        var slot = (int)(minute / 5 % Slots);
        return (_seen[slot] + Prior) / (_expected[slot] + Prior);
    }

    public void Learn(long minute, double count, double expected)
    {
        var slot = (int)(minute / 5 % Slots);
        if (minute / 5 != _slot)
        {
            _slot = minute / 5;
            _seen[slot] *= Fade;
            _expected[slot] *= Fade;
        }

        _seen[slot] += (float)count;
        _expected[slot] += (float)expected;
    }

    public void Save(StateWriter writer)
    {
        writer.Raw<float>(_seen);
        writer.Raw<float>(_expected);
        writer.Long(_slot);
    }

    public void Load(ref StateReader reader)
    {
        reader.Raw(_seen.AsSpan());
        reader.Raw(_expected.AsSpan());
        _slot = reader.Long();
    }
}
