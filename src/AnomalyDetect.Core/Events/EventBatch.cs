namespace AnomalyDetect.Core.Events;

/// <summary>
/// The stream's element: decoded events of one log partition in log order, the records that could not be read, and the position behind them. Pooled: its
/// events and slices are valid until <see cref="Clear"/>.
/// </summary>
public sealed class EventBatch(int capacity = 1024)
{
    private const int LookAhead = 256; // events a leap may come back within
    private static readonly TimeSpan Leap = TimeSpan.FromHours(1);

    private TelemetryEvent[] _events = new TelemetryEvent[capacity];
    private byte[] _scratch = [];
    private int _scratchUsed;

    public int Count { get; private set; }

    public ReadOnlySpan<TelemetryEvent> Events => _events.AsSpan(0, Count);

    public List<Rejection> Rejections { get; } = [];

    public int Partition { get; set; }

    /// <summary>The position of the first record not in this batch.</summary>
    public long NextOffset { get; set; }

    /// <summary>The newest ObservedAt of the log behind this batch: lanes that got no event of it move their clocks to here.</summary>
    public DateTime ObservedAt { get; set; }

    /// <summary>The next event to fill, cleared. It counts once <see cref="Commit"/> is called; a decoder that fails leaves it.</summary>
    public ref TelemetryEvent Next()
    {
        if (Count == _events.Length) Array.Resize(ref _events, _events.Length * 2);
        ref var next = ref _events[Count];
        next = default;
        next.Count = 1;
        return ref next;
    }

    public void Commit() => Count++;

    /// <summary>For tests and re-reading: adds a whole event.</summary>
    public void Add(in TelemetryEvent e)
    {
        Next() = e;
        Commit();
    }

    /// <summary>Takes back events after <paramref name="count"/>: a record is accepted as a whole where its format says so.</summary>
    public void Truncate(int count) => Count = Math.Min(Count, count);

    /// <summary>
    /// Makes ObservedAt the running maximum of event time, from <paramref name="newest"/> on: for files, whose batches may be decoded side by side before. A leap
    /// ahead from which the events behind it come back moves nothing, or one event of next year would make the rest of a file late.
    /// </summary>
    public void ObserveInOrder(ref DateTime newest)
    {
        var events = _events.AsSpan(0, Count);
        for (var i = 0; i < events.Length; i++)
        {
            var time = events[i].OccurredAt;
            if (newest == default) newest = ComesBack(events[i..]) ? Oldest(events[i..]) : time;
            else if (time > newest && !(time - newest > Leap && ComesBack(events[i..]))) newest = time;
            events[i].ObservedAt = newest;
        }

        ObservedAt = newest;
    }

    private static bool ComesBack(ReadOnlySpan<TelemetryEvent> leapt) => leapt[0].OccurredAt - Oldest(leapt) > Leap;

    private static DateTime Oldest(ReadOnlySpan<TelemetryEvent> events)
    {
        var oldest = events[0].OccurredAt;
        foreach (ref readonly var e in events[..Math.Min(LookAhead, events.Length)])
            if (e.OccurredAt < oldest) oldest = e.OccurredAt;
        return oldest;
    }

    /// <summary>Room for text that cannot be a slice of the input (unescaped strings). Earlier slices stay valid.</summary>
    public TextSlice Keep(ReadOnlySpan<byte> utf8)
    {
        if (_scratch.Length - _scratchUsed < utf8.Length)
        {
            _scratch = new byte[Math.Max(4096, utf8.Length)];
            _scratchUsed = 0;
        }

        utf8.CopyTo(_scratch.AsSpan(_scratchUsed));
        var slice = new TextSlice(_scratch, _scratchUsed, utf8.Length);
        _scratchUsed += utf8.Length;
        return slice;
    }

    /// <summary>Makes the batch empty for its next use. An event is cleared when its place is filled anew, not twice.</summary>
    public void Clear()
    {
        Count = 0;
        _scratchUsed = 0;
        Rejections.Clear();
    }
}
