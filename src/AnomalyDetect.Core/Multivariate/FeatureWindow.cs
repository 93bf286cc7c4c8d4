using System.Runtime.CompilerServices;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Tables;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Multivariate;

/// <summary>One open window of one tenant: a cell for each active principal, one for what nobody proved to have done, and the tenant's distinct things.</summary>
/// <param name="limit">Principals at most.</param>
/// <param name="share">What it may grow by, beyond <see cref="LeastCost"/>.</param>
internal sealed class FeatureWindow(int limit, TableShare? share = null) : IOpenWindow
{
    /// <summary>The tenant's sketches have 1,024 bits: 3 % off at a thousand things.</summary>
    private const int Words = 16;

    private const int Capacity = 4; // principals, before it grows
    private const int Samples = 6; // of those nobody named
    private const int SampleBytes = 2 * 64; // ids of events in a cell, with what is free behind them

    private const int Networks = 0, Devices = 1, Resources = 2, Sessions = 3, Sketches = 4;

    private readonly ulong[] _sketches = new ulong[Sketches * Words];
    private readonly PrincipalCells<FeatureCell> _principals = new(Capacity, limit, share, SampleBytes);
    private readonly KeptTexts _ids = new();
    private FeatureCell _nobody;

    /// <summary>Whole windows since 0001; 0 while it is free.</summary>
    public long Number { get; private set; }

    public ReadOnlySpan<FeatureCell> Cells => _principals.All;

    public long Bytes => _principals.Bytes + (_sketches.Length * 8L) + Unsafe.SizeOf<FeatureCell>();

    public static long BytesAt(int principals) =>
        PrincipalCells<FeatureCell>.BytesAt(Capacity, principals) + (Sketches * Words * 8L) + Unsafe.SizeOf<FeatureCell>();

    public static long LeastCost => (CostEach * Capacity) + (Sketches * Words * 8L) + Unsafe.SizeOf<FeatureCell>();

    public static long CostEach => PrincipalCells<FeatureCell>.CostOf(1, SampleBytes);

    public void Trim() => _principals.Trim();

    public void Release() => _principals.Release();

    public void Open(long number)
    {
        if (Number != 0) Clear();
        Number = number;
    }

    private void Clear()
    {
        _principals.Clear();
        Array.Clear(_sketches);
        _ids.Clear();
        _nobody = default;
    }

    /// <param name="principal">Null where nobody proved to have done it, or nobody that is known.</param>
    /// <param name="index">The principal's index in the tenant's table.</param>
    public void Add(in TelemetryEvent e, Symbol? principal, int index)
    {
        var traits = new EventTraits(e);
        if (principal is null) _nobody.Add(e, traits, _ids);
        else
        {
            ref var cell = ref _principals.Of(principal, index);
            cell.Add(e, traits, _principals.Keeps(ref cell) ? _ids : null);
        }

        Note(Networks, traits.Network);
        Note(Devices, traits.Device);
        Note(Resources, traits.Resource);
        Note(Sessions, traits.Session);
    }

    private void Note(int sketch, ulong hash)
    {
        if (hash != 0) _sketches[(sketch * Words) + (int)(hash >> 60)] |= 1UL << (int)(hash >> 54 & 63);
    }

    /// <summary>Everything anybody did, counted; distinct things are not in it.</summary>
    public FeatureCell Sum()
    {
        var sum = _nobody;
        foreach (ref readonly var cell in Cells) sum.AddCounts(cell);
        return sum;
    }

    /// <summary>The tenant's own vector; novelties, the hour and new principals are for the caller to add.</summary>
    public FeatureVector ToVector() => ToVector(Sum());

    /// <param name="sum">As <see cref="Sum"/> gave it.</param>
    public FeatureVector ToVector(in FeatureCell sum)
    {
        var vector = sum.ToVector();
        vector[Feature.Networks] = FeatureCell.Log(Distinct(Networks));
        vector[Feature.Devices] = FeatureCell.Log(Distinct(Devices));
        vector[Feature.Resources] = FeatureCell.Log(Distinct(Resources));
        vector[Feature.Sessions] = FeatureCell.Log(Distinct(Sessions));
        vector[Feature.Principals] = FeatureCell.Log(_principals.Count);
        return vector;
    }

    /// <summary>Ids of a few of the events of one of its cells.</summary>
    public IEnumerable<string> SamplesOf(in FeatureCell cell) => cell.Samples(_ids);

    /// <summary>Ids of a few of the events of the named principals; where none is named, of those who came first.</summary>
    public IReadOnlyList<string> SamplesOf(IReadOnlyCollection<string> principals)
    {
        var ids = new List<string>();
        foreach (ref readonly var cell in Cells)
        {
            if (principals.Count == 0 ? ids.Count >= Samples : !principals.Contains(cell.Principal!.Text)) continue;
            ids.AddRange(SamplesOf(cell));
        }

        return ids;
    }

    private double Distinct(int sketch) => LinearCounting.Estimate(_sketches.AsSpan(sketch * Words, Words));

    public void Save(StateWriter writer)
    {
        writer.Long(Number);
        _principals.SaveSize(writer);
        if (Number == 0) return;
        writer.Raw<ulong>(_sketches);
        _nobody.Save(writer, _ids);
        writer.Int(_principals.Count);
        foreach (ref readonly var cell in Cells) cell.Save(writer, _ids);
    }

    public void Load(ref StateReader reader)
    {
        Open(reader.Long());
        _principals.LoadSize(ref reader);
        if (Number == 0) return;
        reader.Raw(_sketches.AsSpan());
        _nobody = FeatureCell.Load(ref reader, _ids);
        for (var left = reader.Count(); left > 0; left--)
        {
            var cell = FeatureCell.Load(ref reader, _ids);
            if (cell.Principal is null) throw new InvalidDataException("a window in the lane checkpoint holds a principal without a name");
            _principals.Of(cell.Principal, cell.Index) = cell;
        }
    }
}
