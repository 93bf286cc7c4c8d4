using System.Numerics;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Core.Tables;

/// <summary>
/// Event ids seen lately, as 64-bit hashes keyed by the installation's secret seed, in two sets that take turns: an id is remembered for at least one horizon
/// and at most two of ObservedAt. Turns fall on fixed multiples of the horizon, so that they are the same in every lane. A full set turns early, and what was
/// forgotten by that is counted.
/// </summary>
internal sealed class DedupeTable(TimeSpan horizon, int limit)
{
    private ulong[] _current = new ulong[1024];
    private ulong[] _previous = new ulong[1024];
    private int _currentCount;
    private int _previousCount;
    private long _turn = -1;
    private long _turnEnds; // ticks of ObservedAt; not before it is there another turn can begin

    public long Evictions { get; private set; }

    public int Count => _currentCount + _previousCount;

    public long Bytes => (_current.Length + _previous.Length) * 8L;

    /// <summary>What it would hold with so many ids a horizon, or full where that is fewer.</summary>
    public long BytesAt(int ids) => 2 * 8L * BitOperations.RoundUpToPowerOf2((uint)Math.Max(1024, 2 * (long)Math.Min(ids, limit)));

    /// <summary>True when the id is new; it is remembered then.</summary>
    /// <param name="hash">The event's <see cref="TelemetryEvent.Key"/>.</param>
    public bool Add(ulong hash, long observedAt)
    {
        if (observedAt >= _turnEnds) Turn(observedAt / horizon.Ticks);

        if (_previousCount > 0 && Contains(_previous, hash)) return false;

        var mask = (uint)_current.Length - 1;
        var i = (uint)(hash >> 32) & mask;
        for (; _current[i] != 0; i = (i + 1) & mask)
            if (_current[i] == hash) return false;
        _current[i] = hash;
        if (++_currentCount * 2 > _current.Length) Grow();
        return true;
    }

    /// <summary>The id will be asked for soon; changes nothing.</summary>
    public void Fetch(ulong hash)
    {
        CacheLine.Fetch(ref _current[(uint)(hash >> 32) & ((uint)_current.Length - 1)]);
        CacheLine.Fetch(ref _previous[(uint)(hash >> 32) & ((uint)_previous.Length - 1)]);
    }

    private static bool Contains(ulong[] set, ulong hash)
    {
        var mask = (uint)set.Length - 1;
        for (var i = (uint)(hash >> 32) & mask; set[i] != 0; i = (i + 1) & mask)
            if (set[i] == hash) return true;
        return false;
    }

    private void Turn(long turn)
    {
        if (turn == _turn + 1 || _turn < 0) Swap();
        else if (turn > _turn)
        {
            Swap();
            Swap();
        }

        _turn = Math.Max(_turn, turn);
        _turnEnds = (_turn + 1) * horizon.Ticks;
    }

    private void Swap()
    {
        (_current, _previous) = (_previous, _current);
        _previousCount = _currentCount;
        _currentCount = 0;
        // A set that one busy moment made large gives its memory back.
        if (_current.Length > 1024 && _previousCount * 8 < _current.Length) _current = new ulong[_current.Length / 2];
        else Array.Clear(_current);
    }

    private void Grow()
    {
        if (_currentCount >= limit)
        {
            Evictions += _previousCount;
            Swap();
            return;
        }

        var old = _current;
        _current = new ulong[BitOperations.RoundUpToPowerOf2((uint)old.Length * 2)];
        var mask = (uint)_current.Length - 1;
        foreach (var hash in old)
        {
            if (hash == 0) continue;
            var i = (uint)(hash >> 32) & mask;
            while (_current[i] != 0) i = (i + 1) & mask;
            _current[i] = hash;
        }
    }

    public void Save(StateWriter writer)
    {
        writer.Long(_turn);
        writer.Long(Evictions);
        foreach (var (set, count) in new[] { (_current, _currentCount), (_previous, _previousCount) })
        {
            writer.Int(set.Length);
            writer.Int(count);
            foreach (var hash in set)
                if (hash != 0) writer.Long((long)hash);
        }
    }

    public void Load(ref StateReader reader)
    {
        _turn = reader.Long();
        Evictions = reader.Long();
        (_current, _currentCount) = LoadSet(ref reader);
        (_previous, _previousCount) = LoadSet(ref reader);
    }

    private static (ulong[] Set, int Count) LoadSet(ref StateReader reader)
    {
        var length = reader.Int();
        var count = reader.Count();
        if (length < 1024 || !BitOperations.IsPow2(length) || count * 2 > length + 2 || length > 1 << 30)
            throw new InvalidDataException("the dedupe table in the lane checkpoint has an impossible size");
        var set = new ulong[length];
        var mask = (uint)length - 1;
        for (var n = 0; n < count; n++)
        {
            var hash = (ulong)reader.Long();
            var i = (uint)(hash >> 32) & mask;
            while (set[i] != 0) i = (i + 1) & mask;
            set[i] = hash;
        }

        return (set, count);
    }
}
