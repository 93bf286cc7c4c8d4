using System.Runtime.CompilerServices;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Tables;

namespace AnomalyDetect.Core.Windows;

/// <summary>
/// Who makes most of a count in a sliding window, where not everybody is counted: two <see cref="SpaceSaving"/> sketches of ten counters take turns every half
/// window, so that what they hold stands in it. It never says more than there was; less where many others came between, or in the window's first half.
/// </summary>
internal sealed class LeadingCounts(TimeSpan window)
{
    private const int Counters = 10;

    private readonly long _half = window.Ticks / 2;
    private SketchCounter<EntityKey>[] _current = new SketchCounter<EntityKey>[Counters];
    private SketchCounter<EntityKey>[] _previous = new SketchCounter<EntityKey>[Counters];
    private int _used, _usedBefore;
    private long _turn;

    public static int Bytes => (2 * ((Counters * Unsafe.SizeOf<SketchCounter<EntityKey>>()) + 24)) + 56;

    /// <summary>What is older than the half before this one is not counted.</summary>
    public void Add(in EntityKey key, long time, int count)
    {
        var turn = time / _half;
        if (turn > _turn) Turn(turn);
        if (turn == _turn) SpaceSaving.Add(_current, ref _used, key, count);
        else if (turn == _turn - 1) SpaceSaving.Add(_previous, ref _usedBefore, key, count);
    }

    private void Turn(long turn)
    {
        (_current, _previous) = (_previous, _current);
        (_usedBefore, _used) = (turn == _turn + 1 ? _used : 0, 0);
        _turn = turn;
    }

    /// <param name="whole">What the window holds of all.</param>
    /// <param name="claimed">Nothing proved the keys to be who they say.</param>
    public IEnumerable<Contributor> Leading(double whole, bool claimed)
    {
        var sure = new Dictionary<Entity, int>();
        foreach (var counter in _current.Take(_used).Concat(_previous.Take(_usedBefore)))
            sure[counter.Key.ToEntity()] = sure.GetValueOrDefault(counter.Key.ToEntity()) + counter.Sure;
        return sure.Select(s => Contributor.Of(s.Key, s.Value, null, whole, claimed));
    }

    public void Save(StateWriter writer)
    {
        writer.Raw((_half, _turn));
        Save(writer, _current.AsSpan(0, _used));
        Save(writer, _previous.AsSpan(0, _usedBefore));
    }

    private static void Save(StateWriter writer, ReadOnlySpan<SketchCounter<EntityKey>> counters)
    {
        writer.Int(counters.Length);
        foreach (ref readonly var counter in counters)
        {
            counter.Key.Save(writer);
            writer.Raw((counter.Count, counter.Error));
        }
    }

    /// <summary>What was saved under another length is read past, and this one starts anew.</summary>
    public void Load(ref StateReader reader)
    {
        (var half, _turn) = reader.Raw<(long, long)>();
        (_used, _usedBefore) = (Load(ref reader, _current), Load(ref reader, _previous));
        if (half != _half) (_turn, _used, _usedBefore) = (0, 0, 0);
    }

    private static int Load(ref StateReader reader, SketchCounter<EntityKey>[] counters)
    {
        var used = reader.Int();
        if (used is < 0 or > Counters) throw new InvalidDataException("a sketch in the lane checkpoint has an impossible size");
        for (var i = 0; i < used; i++)
        {
            counters[i].Key = EntityKey.Load(ref reader);
            (counters[i].Count, counters[i].Error) = reader.Raw<(int, int)>();
        }

        return used;
    }
}
