using System.Runtime.CompilerServices;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Tables;

namespace AnomalyDetect.Core.Detectors;

/// <summary>As whom one address failed to log in most often: a <see cref="SpaceSaving"/> sketch of five. 88 bytes.</summary>
internal struct TriedPrincipals
{
    [InlineArray(Contributor.Kept)]
    private struct Counters
    {
        private SketchCounter<SymbolKey> _first;
    }

    private Counters _counters;
    private int _used;
    private int _tries; // as anybody

    public void Add(Symbol principal, int count)
    {
        SpaceSaving.Add<SymbolKey>(_counters, ref _used, new SymbolKey(principal), count);
        _tries = (int)Math.Min(int.MaxValue, (long)_tries + count);
    }

    /// <summary>Whoever knocked wrote the names.</summary>
    public readonly IReadOnlyList<Contributor> Leading()
    {
        var all = new List<Contributor>();
        foreach (ref readonly var counter in _counters[.._used]) all.Add(Contributor.Of(new Entity(EntityKind.Principal, counter.Key.Symbol.Text), counter.Sure, null, _tries, claimed: true));
        return Contributor.Leading(all);
    }

    public readonly void Save(StateWriter writer)
    {
        writer.Raw((_used, _tries));
        foreach (ref readonly var counter in _counters[.._used])
        {
            writer.Symbol(counter.Key.Symbol);
            writer.Raw((counter.Count, counter.Error));
        }
    }

    public static TriedPrincipals Load(ref StateReader reader)
    {
        var tried = default(TriedPrincipals);
        (tried._used, tried._tries) = reader.Raw<(int, int)>();
        if (tried._used is < 0 or > Contributor.Kept) throw new InvalidDataException("a sketch in the lane checkpoint has an impossible size");
        for (var i = 0; i < tried._used; i++)
        {
            tried._counters[i].Key = new SymbolKey(reader.Symbol());
            (tried._counters[i].Count, tried._counters[i].Error) = reader.Raw<(int, int)>();
        }

        return tried;
    }
}
