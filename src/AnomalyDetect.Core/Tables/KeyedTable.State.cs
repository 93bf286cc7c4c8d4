using System.Numerics;
using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.Tables;

/// <content>What is kept of it.</content>
internal sealed partial class KeyedTable<TKey, TState>
{
    /// <summary>Where entries stand is part of the state: eviction goes by index.</summary>
    public void Save(StateWriter writer, Action<StateWriter, Entry> one)
    {
        writer.Int(_entries.Length);
        writer.Int(_high);
        writer.Int(_added);
        writer.Long(_textRoom);
        writer.Long((long)_sequence);
        writer.Long(Evictions);
        for (var i = 0; i < _high; i++)
        {
            writer.Bool(_entries[i].Used);
            if (_entries[i].Used) one(writer, _entries[i]);
        }

        writer.Int(_freeCount);
        writer.Raw<int>(_free.AsSpan(0, _freeCount));
    }

    internal delegate void EntryReader(ref StateReader reader, ref Entry entry);

    public void Load(ref StateReader reader, EntryReader one)
    {
        var length = reader.Int();
        _high = reader.Count();
        if (length < _high || length < 1 || length > Math.Max(_start, Math.Max(_limit, _high))) throw new InvalidDataException("a table in the lane checkpoint has an impossible size");
        var (before, paid) = (CostOf(_entries.Length), _textRoom);
        _entries = new Entry[length];
        _added = reader.Int();
        _textRoom = reader.Long();
        if (_textRoom < 0) throw new InvalidDataException("a table in the lane checkpoint has an impossible size");
        _share?.Take(CostOf(length) - before + _textRoom - paid);
        _sequence = (ulong)reader.Long();
        Evictions = reader.Long();
        (Count, _texts) = (0, 0);
        for (var i = 0; i < _high; i++)
        {
            if (!reader.Bool()) continue;
            one(ref reader, ref _entries[i]);
            _entries[i].Used = true;
            _texts += _entries[i].Key.TextBytes;
            Count++;
        }

        _freeCount = reader.Count();
        if (_freeCount != _high - Count) throw new InvalidDataException("a table in the lane checkpoint contradicts itself");
        _free = new int[Math.Max(8, _freeCount)];
        reader.Raw(_free.AsSpan(0, _freeCount));
        foreach (var index in _free.AsSpan(0, _freeCount))
            if ((uint)index >= (uint)_high || _entries[index].Used) throw new InvalidDataException("a table in the lane checkpoint contradicts itself");
        Rehash((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, length * 2)));
    }
}
