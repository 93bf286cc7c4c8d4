using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.Windows;

/// <summary>A crossing found by an arrival: at which event time, how many stood in the window then.</summary>
internal readonly record struct Crossing(long At, long Count);

/// <summary>
/// A count over the sliding window (t − W, t] in event time, judged at every arrival; one arriving out of order takes its place. Exact up to
/// <see cref="Capacity"/> distinct arrivals in W + lateness; beyond that neighbours closer than W/32 are merged into the earlier, which undercounts a flood
/// at its trailing edge by at most that much and never overcounts.
/// </summary>
internal struct SlidingCount
{
    public const int Capacity = 64;

    private const int Least = 4;

    private long[] _times;
    private int[] _counts;
    private int _length;

    public readonly bool IsEmpty => _length == 0;

    public readonly long Newest => _length == 0 ? long.MinValue : _times[_length - 1];

    public const long LeastBytes = (Least * 12) + 48;

    public const long MostBytes = (Capacity * 12) + 48;

    public readonly long Bytes => _times is null ? 0 : (_times.Length * 12L) + 48;

    /// <summary>Adds <paramref name="count"/> at <paramref name="time"/>; the first crossing above <paramref name="threshold"/> it makes, if any.</summary>
    /// <param name="horizon">Nothing at or before it can stand in a window any more.</param>
    public Crossing? Add(long time, int count, long window, int threshold, long horizon)
    {
        Forget(horizon);
        if (_times is null) (_times, _counts) = (new long[Least], new int[Least]);
        var at = _length;
        while (at > 0 && _times[at - 1] > time) at--;
        if (at > 0 && _times[at - 1] == time) _counts[--at] = (int)Math.Min(int.MaxValue, (long)_counts[at] + count);
        else
        {
            if (_length == _times.Length && MakeRoom(window) is { } removed && removed < at) at--;
            if (at < _length)
            {
                Array.Copy(_times, at, _times, at + 1, _length - at);
                Array.Copy(_counts, at, _counts, at + 1, _length - at);
            }

            _times[at] = time;
            _counts[at] = count;
            _length++;
        }

        for (var end = at; end < _length && _times[end] < time + window; end++)
        {
            var sum = 0L;
            for (var i = end; i >= 0 && _times[i] > _times[end] - window; i--) sum += _counts[i];
            if (sum > threshold) return new Crossing(_times[end], sum);
        }

        return null;
    }

    /// <summary>How many stand in the window (t − W, t].</summary>
    public readonly long CountAt(long time, long window)
    {
        var sum = 0L;
        for (var i = 0; i < _length; i++)
            if (_times[i] <= time && _times[i] > time - window) sum += _counts[i];
        return sum;
    }

    private void Forget(long horizon)
    {
        var gone = 0;
        while (gone < _length && _times[gone] <= horizon) gone++;
        if (gone == 0) return;
        _length -= gone;
        Array.Copy(_times, gone, _times, 0, _length);
        Array.Copy(_counts, gone, _counts, 0, _length);
    }

    /// <summary>Grows, merges or drops the oldest; the index that went, if one did.</summary>
    private int? MakeRoom(long window)
    {
        if (_times.Length < Capacity)
        {
            Array.Resize(ref _times, _times.Length * 2);
            Array.Resize(ref _counts, _counts.Length * 2);
            return null;
        }

        var goes = 0;
        for (var i = 1; i < _length; i++)
        {
            if (_times[i] - _times[i - 1] > window / 32) continue;
            _counts[i - 1] = (int)Math.Min(int.MaxValue, (long)_counts[i - 1] + _counts[i]);
            goes = i;
            break;
        }

        _length--;
        Array.Copy(_times, goes + 1, _times, goes, _length - goes);
        Array.Copy(_counts, goes + 1, _counts, goes, _length - goes);
        return goes;
    }

    public readonly void Save(StateWriter writer)
    {
        writer.Int(_times?.Length ?? 0);
        writer.Int(_length);
        if (_length == 0) return;
        writer.Raw<long>(_times.AsSpan(0, _length));
        writer.Raw<int>(_counts.AsSpan(0, _length));
    }

    public static SlidingCount Load(ref StateReader reader)
    {
        var size = reader.Int();
        var length = reader.Int();
        if (size is < 0 or > Capacity || length < 0 || length > size) throw new InvalidDataException("a sliding count in the lane checkpoint has an impossible size");
        var count = new SlidingCount { _length = length };
        if (size == 0) return count;
        (count._times, count._counts) = (new long[size], new int[size]);
        reader.Raw(count._times.AsSpan(0, length));
        reader.Raw(count._counts.AsSpan(0, length));
        return count;
    }
}
