using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.Windows;

/// <summary>
/// A busy count over the sliding window (t − W, t] in whole seconds: constant time and memory however many events. The window's trailing edge is right to
/// one second.
/// </summary>
internal sealed class SecondsRing
{
    private readonly int[] _buckets;
    private readonly int _window;
    private long _newest = long.MinValue; // second the running sum ends at
    private long _sum;

    /// <param name="window">Whole seconds.</param>
    /// <param name="slack">How far events may be out of order.</param>
    public SecondsRing(TimeSpan window, TimeSpan slack)
    {
        _window = (int)window.TotalSeconds;
        _buckets = new int[_window + (int)slack.TotalSeconds + 2];
    }

    public long Bytes => _buckets.Length * 4L;

    /// <summary>The count in the window that ends at <paramref name="time"/> once this event is in it.</summary>
    public long Add(long time, int count)
    {
        var second = time / TimeSpan.TicksPerSecond;
        if (_newest == long.MinValue) _newest = second;
        if (second > _newest) MoveTo(second);
        else if (second <= _newest - _buckets.Length) return 0;

        _buckets[Slot(second)] += count;
        if (second > _newest - _window) _sum += count;
        if (second == _newest) return _sum;

        var sum = 0L;
        for (var s = Math.Max(second - _window + 1, _newest - _buckets.Length + 1); s <= second; s++) sum += _buckets[Slot(s)];
        // A late event also stands in the window that ends now; the larger of the two is what it can cross with.
        return Math.Max(sum, second > _newest - _window ? _sum : 0);
    }

    private int Slot(long second) => (int)(second % _buckets.Length);

    private void MoveTo(long second)
    {
        if (second - _newest >= _buckets.Length)
        {
            Array.Clear(_buckets);
            _sum = 0;
        }
        else
        {
            // A quiet ring passes many seconds at once. What stood W seconds before is leaving; with slack it is still in the ring.
            var entering = (int)(second - _newest);
            var leaving = Seconds(_newest - _window + 1, Math.Min(entering, _window), out var wrapped);
            foreach (var count in leaving) _sum -= count;
            foreach (var count in wrapped) _sum -= count;
            Seconds(_newest + 1, entering, out wrapped).Clear();
            wrapped.Clear();
        }

        _newest = second;
    }

    /// <summary>So many seconds' counts, fewer than the ring has: up to its end, and those that go on at its beginning.</summary>
    private Span<int> Seconds(long from, int count, out Span<int> wrapped)
    {
        var first = Slot(from);
        var whole = Math.Min(count, _buckets.Length - first);
        wrapped = _buckets.AsSpan(0, count - whole);
        return _buckets.AsSpan(first, whole);
    }

    public void Save(StateWriter writer)
    {
        writer.Long(_newest);
        writer.Long(_sum);
        writer.Int(_buckets.Length);
        writer.Raw<int>(_buckets);
    }

    /// <summary>A ring saved under other options is read past, and this one starts anew.</summary>
    public void Load(ref StateReader reader)
    {
        var (newest, sum, length) = (reader.Long(), reader.Long(), reader.Int());
        if (length != _buckets.Length)
        {
            for (var i = 0; i < length; i++) reader.Int();
            return;
        }

        (_newest, _sum) = (newest, sum);
        reader.Raw(_buckets.AsSpan());
    }
}
