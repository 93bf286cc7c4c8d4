using System.Numerics;
using System.Runtime.CompilerServices;

namespace AnomalyDetect.Core.Tables;

/// <summary>A key of a <see cref="KeyedTable{TKey,TState}"/>.</summary>
internal interface ITableKey<TSelf>
{
    ulong Hash { get; }

    /// <summary>What its texts take in memory beside it.</summary>
    int TextBytes { get; }

    bool Same(TSelf other);
}

/// <summary>What eviction goes by.</summary>
internal interface IEvictable
{
    /// <summary>Event time (ticks) of the last use.</summary>
    long LastSeen { get; }

    /// <summary>Has a history worth keeping: goes only when everything looked at has one.</summary>
    bool Established { get; }
}

/// <summary>
/// A bounded hash table of state structs, by reference. Entries stand densely in one array and keep their index for life; buckets hold a hash tag and the
/// index, so that a miss touches one cache line. At its limit it evicts, of a few entries picked by its own seeded sequence, the one longest idle among those
/// not established: whoever floods it with new names displaces those, not a victim with a history. The same where the lane has no memory for more of them. Single-threaded
/// and deterministic.
/// </summary>
internal sealed partial class KeyedTable<TKey, TState>
    where TKey : struct, ITableKey<TKey>
    where TState : struct, IEvictable
{
    private const int EvictionSample = 16;

    internal struct Entry
    {
        public TKey Key;
        public TState State;
        public bool Used;
    }

    private readonly int _limit, _attached, _start;
    private readonly long _idle;
    private readonly TableShare? _share;
    private ulong[] _buckets = new ulong[16]; // 0 empty, else hash tag in the upper half, index + 1 in the lower
    private Entry[] _entries;
    private int[] _free = [];
    private int _freeCount;
    private int _high; // entries ever used
    private int _added; // since all were looked at for idle ones
    private ulong _sequence;
    private long _texts; // bytes of the keys' texts
    private long _textRoom; // bytes of them that are paid for

    /// <param name="share">What it may grow by; null: up to its limit.</param>
    /// <param name="attached">Bytes that an entry may hold outside the table, at most; its key's texts are counted as they are.</param>
    /// <param name="start">Entries before it grows.</param>
    public KeyedTable(int limit, long idleTicks, TableShare? share = null, int attached = 0, int start = 8)
    {
        (_limit, _idle, _share, _attached, _start) = (limit, idleTicks, share, attached, start);
        _entries = new Entry[start];
        _textRoom = start * TextBytesEach;
        share?.Begin(CostOf(start) + _textRoom, (CostOf(1 << 16) >> 16) + TextBytesEach);
    }

    /// <summary>Texts are paid for with the entries at so many bytes each, and where they are longer, as they come.</summary>
    private static long TextBytesEach { get; } = typeof(TKey) == typeof(HashKey) ? 0 : Events.Symbol.TypicalBytes;

    public int Count { get; private set; }

    public int HighIndex => _high;

    public long Evictions { get; private set; }

    /// <summary>How often all entries were looked at for idle ones: once in as many new keys as a quarter of its entries, so that a flood of names costs no more a name.</summary>
    public long Sweeps { get; private set; }

    /// <summary>Bytes held, by the arrays' sizes.</summary>
    public long Bytes => (_buckets.Length * 8L) + (_entries.Length * (long)Unsafe.SizeOf<Entry>()) + (_free.Length * 4L);

    /// <summary>What it would hold with so many entries, or full where that is fewer; with the list of freed ones as long as it can be.</summary>
    public long BytesAt(int entries)
    {
        var capacity = Math.Min(_limit, (long)BitOperations.RoundUpToPowerOf2((uint)Math.Max(_start, entries)));
        return SizeOf(capacity);
    }

    /// <summary>What that many entries hold at most, texts apart.</summary>
    private long CostOf(int capacity) => SizeOf(capacity) + ((long)capacity * _attached);

    private static long SizeOf(long capacity) =>
        (capacity * Unsafe.SizeOf<Entry>()) + ((long)BitOperations.RoundUpToPowerOf2((ulong)capacity * 2) * 8) + ((long)BitOperations.RoundUpToPowerOf2((ulong)capacity) * 4);

    public ref Entry At(int index) => ref _entries[index];

    public int Find(in TKey key)
    {
        var hash = key.Hash;
        var mask = (uint)_buckets.Length - 1;
        for (var i = (uint)hash & mask; ; i = (i + 1) & mask)
        {
            var bucket = _buckets[i];
            if (bucket == 0) return -1;
            if ((uint)(bucket >> 32) != (uint)(hash >> 32)) continue;
            var index = (int)(uint)bucket - 1;
            if (_entries[index].Key.Same(key)) return index;
        }
    }

    /// <summary>It will be looked for soon; changes nothing.</summary>
    /// <param name="hash">Of the key.</param>
    public void Fetch(ulong hash)
    {
        var bucket = _buckets[(uint)hash & ((uint)_buckets.Length - 1)];
        if ((uint)(bucket >> 32) == (uint)(hash >> 32) && bucket != 0) CacheLine.FetchAll(ref _entries[(int)(uint)bucket - 1]);
    }

    /// <summary>The key's entry, made when it is not there.</summary>
    /// <param name="now">Event time (ticks), for letting go of idle entries.</param>
    public int FindOrAdd(in TKey key, long now, out bool added)
    {
        var index = Find(key);
        added = index < 0;
        if (!added) return index;

        var texts = key.TextBytes;
        if (_texts + texts > _textRoom) MakeTextRoom(texts);
        if (_freeCount > 0) index = _free[--_freeCount];
        else
        {
            if (_high == _entries.Length) MakeRoom(now);
            index = _freeCount > 0 ? _free[--_freeCount] : _high++;
        }

        ref var entry = ref _entries[index];
        entry.Key = key;
        entry.State = default;
        entry.Used = true;
        Count++;
        _added++;
        _texts += texts;
        Link(key.Hash, index);
        return index;
    }

    public void Remove(int index)
    {
        ref var entry = ref _entries[index];
        Unlink(entry.Key.Hash, index);
        _texts -= entry.Key.TextBytes;
        entry = default;
        Count--;
        if (_freeCount == _free.Length) Array.Resize(ref _free, Math.Max(8, _free.Length * 2));
        _free[_freeCount++] = index;
    }

    private void MakeRoom(long now)
    {
        if (_added * 4L >= _entries.Length)
        {
            RemoveIdle(now);
            if (_freeCount * 4 >= _high && _freeCount > 0) return;
        }

        var next = (int)Math.Min(_limit, _entries.Length * 2L);
        if (_entries.Length >= _limit || !Pays(next))
        {
            if (_freeCount == 0) EvictOne();
            return;
        }

        Array.Resize(ref _entries, next);
        if (_entries.Length * 2 > _buckets.Length) Rehash((int)BitOperations.RoundUpToPowerOf2((uint)_entries.Length * 2));
    }

    private void RemoveIdle(long now)
    {
        (_added, Sweeps) = (0, Sweeps + 1);
        for (var i = 0; i < _high; i++)
            if (_entries[i].Used && _entries[i].State.LastSeen < now - _idle) Remove(i);
    }

    private bool Pays(int capacity)
    {
        if (_share is null) return true;
        var texts = Math.Max(_textRoom, capacity * TextBytesEach);
        if (!_share.Grow(CostOf(capacity) - CostOf(_entries.Length) + texts - _textRoom)) return false;
        _textRoom = texts;
        return true;
    }

    /// <summary>Of long texts there are fewer: where there is no memory for another one, others make room. One is always taken, however long it is.</summary>
    private void MakeTextRoom(int bytes)
    {
        if (_share is null) return;
        var more = Math.Max(_textRoom / 2, _texts + bytes - _textRoom);
        if (_share.Grow(more)) _textRoom += more;
        else
            while (_texts + bytes > _textRoom && Count > 0) EvictOne();
    }

    /// <summary>Lets go of what is idle, and gives back what that leaves empty, where it holds more than its own share. Entries get other indexes: not for a table whose indexes somebody keeps.</summary>
    public void Trim(long now)
    {
        if (_share is null || _share.Over == 0) return;
        RemoveIdle(now);
        var capacity = (int)Math.Max(_start, BitOperations.RoundUpToPowerOf2((uint)Count * 2));
        if (capacity * 2L > _entries.Length) return;
        var texts = Math.Max(_texts, capacity * TextBytesEach);
        _share.Return(CostOf(_entries.Length) - CostOf(capacity) + _textRoom - texts);
        var (old, high) = (_entries, _high);
        (_entries, _textRoom, _free, _freeCount, _high) = (new Entry[capacity], texts, [], 0, 0);
        for (var i = 0; i < high; i++)
            if (old[i].Used) _entries[_high++] = old[i];
        Rehash((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, capacity * 2)));
    }

    private void EvictOne()
    {
        var worst = -1;
        for (var i = 0; i < EvictionSample; i++)
        {
            _sequence += 0x9E3779B97F4A7C15UL;
            var x = (_sequence ^ (_sequence >> 30)) * 0xBF58476D1CE4E5B9UL;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
            var candidate = (int)((UInt128)(x ^ (x >> 31)) * (uint)_high >> 64);
            if (!_entries[candidate].Used) continue;
            if (worst < 0 || IsWorse(_entries[candidate].State, _entries[worst].State)) worst = candidate;
        }

        // Where every entry is used, the sample was never empty; where texts alone are too many, it may have been.
        for (var i = 0; worst < 0; i++)
            if (_entries[i].Used) worst = i;
        Remove(worst);
        Evictions++;
    }

    private static bool IsWorse(in TState a, in TState b) =>
        a.Established != b.Established ? !a.Established : a.LastSeen < b.LastSeen;

    private void Link(ulong hash, int index)
    {
        var mask = (uint)_buckets.Length - 1;
        var i = (uint)hash & mask;
        while (_buckets[i] != 0) i = (i + 1) & mask;
        _buckets[i] = (hash & 0xffff_ffff_0000_0000UL) | (uint)(index + 1);
    }

    private void Unlink(ulong hash, int index)
    {
        var mask = (uint)_buckets.Length - 1;
        var i = (uint)hash & mask;
        while ((uint)_buckets[i] != (uint)(index + 1)) i = (i + 1) & mask;
        // Backward-shift deletion: whatever could have stood at the hole moves into it.
        for (var j = i; ;)
        {
            j = (j + 1) & mask;
            var bucket = _buckets[j];
            if (bucket == 0) break;
            var home = (uint)_entries[(int)(uint)bucket - 1].Key.Hash & mask;
            if (((j - home) & mask) < ((j - i) & mask)) continue;
            _buckets[i] = bucket;
            i = j;
        }

        _buckets[i] = 0;
    }

    private void Rehash(int size)
    {
        _buckets = new ulong[size];
        for (var i = 0; i < _high; i++)
            if (_entries[i].Used) Link(_entries[i].Key.Hash, i);
    }
}
