using System.Numerics;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Core.Multivariate;

/// <summary>One open window of one tenant: a cell for each active principal, one for what nobody proved to have done, and the tenant's distinct things.</summary>
internal sealed class FeatureWindow
{
    /// <summary>The tenant's sketches have 1,024 bits: 3 % off at a thousand things.</summary>
    private const int Words = 16;

    private const int Networks = 0, Devices = 1, Resources = 2, Sessions = 3, Sketches = 4;

    private readonly ulong[] _sketches = new ulong[Sketches * Words];
    private FeatureCell[] _cells = new FeatureCell[4];
    private int[] _places = new int[8]; // index in _cells + 1 by principal; 0 empty
    private FeatureCell _nobody;

    /// <summary>Whole windows since 0001; 0 while it is free.</summary>
    public long Number { get; private set; }

    public int Active { get; private set; }

    public ReadOnlySpan<FeatureCell> Cells => _cells.AsSpan(0, Active);

    public long Bytes => (_cells.Length * 152L) + (_places.Length * 4L) + (_sketches.Length * 8L) + 152;

    public void Open(long number)
    {
        Number = number;
        if (_cells.Length > 1024 && Active * 8 < _cells.Length) (_cells, _places) = (new FeatureCell[4], new int[8]);
        else
        {
            Array.Clear(_cells, 0, Active);
            Array.Clear(_places);
        }

        Array.Clear(_sketches);
        _nobody = default;
        Active = 0;
    }

    /// <param name="principal">Null where nobody proved to have done it, or nobody that is known.</param>
    /// <param name="index">The principal's index in the tenant's table.</param>
    public void Add(in TelemetryEvent e, Symbol? principal, int index)
    {
        var traits = new EventTraits(e);
        if (principal is null) _nobody.Add(e, traits);
        else CellOf(principal, index).Add(e, traits);
        Note(Networks, traits.Network);
        Note(Devices, traits.Device);
        Note(Resources, traits.Resource);
        Note(Sessions, traits.Session);
    }

    private void Note(int sketch, ulong hash)
    {
        if (hash != 0) _sketches[(sketch * Words) + (int)(hash >> 60)] |= 1UL << (int)(hash >> 54 & 63);
    }

    private ref FeatureCell CellOf(Symbol principal, int index)
    {
        var i = Home(index);
        for (; _places[i] != 0; i = (i + 1) & (_places.Length - 1))
        {
            ref var known = ref _cells[_places[i] - 1];
            if (known.Index == index && known.Principal!.Equals(principal)) return ref known;
        }

        if (Active == _cells.Length)
        {
            Array.Resize(ref _cells, _cells.Length * 2);
            _places = new int[_cells.Length * 2];
            for (var c = 0; c < Active; c++) _places[Free(_cells[c].Index)] = c + 1;
            i = Free(index);
        }

        _places[i] = ++Active;
        ref var cell = ref _cells[Active - 1];
        (cell.Principal, cell.Index) = (principal, index);
        return ref cell;
    }

    private int Free(int index)
    {
        var i = Home(index);
        while (_places[i] != 0) i = (i + 1) & (_places.Length - 1);
        return i;
    }

    private int Home(int index) => (int)((uint)index * 2654435769u >> 8) & (_places.Length - 1);

    /// <summary>The tenant's own vector; novelties, the hour and new principals are for the caller to add.</summary>
    public FeatureVector ToVector()
    {
        var sum = _nobody;
        foreach (ref readonly var cell in Cells) sum.AddCounts(cell);
        var vector = sum.ToVector();
        vector[Feature.Networks] = FeatureCell.Log(Distinct(Networks));
        vector[Feature.Devices] = FeatureCell.Log(Distinct(Devices));
        vector[Feature.Resources] = FeatureCell.Log(Distinct(Resources));
        vector[Feature.Sessions] = FeatureCell.Log(Distinct(Sessions));
        vector[Feature.Principals] = FeatureCell.Log(Active);
        return vector;
    }

    private double Distinct(int sketch)
    {
        const int Bits = Words * 64;
        var set = 0;
        foreach (var word in _sketches.AsSpan(sketch * Words, Words)) set += BitOperations.PopCount(word);
        return -Bits * Math.Log((Bits - Math.Min(set, Bits - 1)) / (double)Bits);
    }

    public void Save(StateWriter writer)
    {
        writer.Long(Number);
        if (Number == 0) return;
        writer.Raw<ulong>(_sketches);
        _nobody.Save(writer);
        writer.Int(Active);
        foreach (ref readonly var cell in Cells) cell.Save(writer);
    }

    public void Load(ref StateReader reader)
    {
        Open(reader.Long());
        if (Number == 0) return;
        reader.Raw(_sketches.AsSpan());
        _nobody = FeatureCell.Load(ref reader);
        for (var left = reader.Count(); left > 0; left--)
        {
            var cell = FeatureCell.Load(ref reader);
            if (cell.Principal is null) throw new InvalidDataException("a window in the lane checkpoint holds a principal without a name");
            CellOf(cell.Principal, cell.Index) = cell;
        }
    }
}
