using System.Runtime.CompilerServices;

namespace AnomalyDetect.Core.Windows;

/// <summary>
/// How many distinct things were seen in a sliding window: exact up to <see cref="Capacity"/> of them, after which the one seen longest ago makes room. 264
/// bytes; a few dozen comparisons an arrival.
/// </summary>
internal struct DistinctWindow
{
    public const int Capacity = 32;

    [InlineArray(Capacity)]
    private struct Hashes
    {
        private uint _first;
    }

    [InlineArray(Capacity)]
    private struct Seconds
    {
        private int _first;
    }

    private Hashes _hashes;
    private Seconds _seconds;
    private int _length;
    private int _base; // whole minutes since 0001, so that seconds fit

    /// <summary>Notes a thing and says how many distinct ones stand in the window that ends with it.</summary>
    /// <param name="hash">Of the thing; the upper half is used.</param>
    /// <param name="time">Event time in ticks.</param>
    /// <param name="window">In ticks.</param>
    public int Add(ulong hash, long time, long window)
    {
        var tag = (uint)(hash >> 32);
        if (_length == 0) _base = (int)(time / TimeSpan.TicksPerMinute) - 1440;
        var now = (int)((time - (_base * TimeSpan.TicksPerMinute)) / TimeSpan.TicksPerSecond);
        var from = now - (int)(window / TimeSpan.TicksPerSecond);
        var (count, oldest, known) = (0, 0, false);
        for (var i = 0; i < _length; i++)
        {
            if (_hashes[i] == tag)
            {
                _seconds[i] = Math.Max(_seconds[i], now);
                known = true;
            }

            if (_seconds[i] > from) count++;
            if (_seconds[i] < _seconds[oldest]) oldest = i;
        }

        if (known) return count;
        if (_length < Capacity) oldest = _length++;
        else if (_seconds[oldest] > from) count--;
        _hashes[oldest] = tag;
        _seconds[oldest] = now;
        return count + 1;
    }
}
