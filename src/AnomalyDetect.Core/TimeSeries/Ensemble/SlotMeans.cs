using System.Runtime.CompilerServices;
using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.TimeSeries.Ensemble;

/// <summary>What each hour of the day, or of the week, usually holds: the mean of the points in it, blended with earlier days' or weeks' when the hour is over.</summary>
internal sealed class SlotMeans
{
    private const double Newest = 0.3; // weight of the latest day or week

    private struct Current
    {
        public double Sum;
        public int Slot;
        public int Points;
    }

    private readonly float[] _means;
    private Current _current = new() { Slot = -1 };

    public SlotMeans(int slots)
    {
        _means = new float[slots];
        Array.Fill(_means, float.NaN);
    }

    public long Bytes => (_means.Length * 4L) + Unsafe.SizeOf<Current>() + 24;

    /// <summary>NaN for a slot that was not yet seen to its end.</summary>
    public double At(long hour) => _means[(int)(hour % _means.Length)];

    public void Learn(long hour, double value)
    {
        var slot = (int)(hour % _means.Length);
        if (slot != _current.Slot)
        {
            if (_current.Points > 0)
            {
                ref var known = ref _means[_current.Slot];
                var mean = _current.Sum / _current.Points;
                known = (float)(float.IsNaN(known) ? mean : known + (Newest * (mean - known)));
            }

            _current = new Current { Slot = slot };
        }

        _current.Sum += value;
        _current.Points++;
    }

    public void Save(StateWriter writer)
    {
        writer.Raw<float>(_means);
        writer.Double(_current.Sum);
        writer.Int(_current.Slot);
        writer.Int(_current.Points);
    }

    public void Load(ref StateReader reader)
    {
        reader.Raw(_means.AsSpan());
        _current = new Current { Sum = reader.Double(), Slot = reader.Int(), Points = reader.Int() };
        if (_current.Slot < -1 || _current.Slot >= _means.Length || _current.Points < 0) throw new InvalidDataException("a profile in the state contradicts itself");
    }
}
