using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Core.Windows;

/// <summary>What a window holds of one principal.</summary>
internal interface IPrincipalCell
{
    /// <summary>Null only before <see cref="Claim"/>.</summary>
    Symbol? Principal { get; }

    /// <summary>The principal's index in the tenant's table, when it was active.</summary>
    int Index { get; }

    void Claim(Symbol principal, int index);
}

/// <summary>
/// The cells of the principals active in a window, in the order they came; found by open addressing over their indices. Whoever comes when it is full is
/// counted nowhere: a flood of names displaces principals from their table, and their cells stay until the window ends.
/// </summary>
/// <param name="capacity">Before it grows.</param>
/// <param name="limit">Cells at most.</param>
internal sealed class PrincipalCells<TCell>(int capacity, int limit)
    where TCell : struct, IPrincipalCell
{
    private const int KeptCells = 1024; // a larger table is given back when less than an eighth of it was used

    private TCell[] _cells = new TCell[capacity];
    private TCell _overflow;
    private int[] _places = new int[capacity * 2]; // index in _cells + 1; 0 empty

    public int Count { get; private set; }

    public ReadOnlySpan<TCell> All => _cells.AsSpan(0, Count);

    public long Bytes => ((long)_cells.Length * Unsafe.SizeOf<TCell>()) + (_places.Length * 4L);

    /// <summary>What it would hold with so many principals.</summary>
    public static long BytesAt(int capacity, int principals) =>
        BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity, principals)) * (Unsafe.SizeOf<TCell>() + (2 * 4L));

    public void Clear()
    {
        if (_cells.Length > KeptCells && Count * 8 < _cells.Length) (_cells, _places) = (new TCell[capacity], new int[capacity * 2]);
        else
        {
            Array.Clear(_cells, 0, Count);
            Array.Clear(_places);
        }

        Count = 0;
    }

    /// <summary>The principal's cell, a new one if it has none; good until the next call.</summary>
    public ref TCell Of(Symbol principal, int index)
    {
        var i = Home(index);
        for (; _places[i] != 0; i = (i + 1) & (_places.Length - 1))
        {
            ref var known = ref _cells[_places[i] - 1];
            if (known.Index == index && known.Principal!.Equals(principal)) return ref known;
        }

        if (Count >= limit)
        {
            _overflow = default;
            _overflow.Claim(principal, index);
            return ref _overflow;
        }

        if (Count == _cells.Length)
        {
            Grow();
            i = Free(index);
        }

        Debug.Assert(_places[i] == 0, "a principal's place is free");
        _places[i] = ++Count;
        ref var cell = ref _cells[Count - 1];
        cell.Claim(principal, index);
        return ref cell;
    }

    private void Grow()
    {
        Array.Resize(ref _cells, _cells.Length * 2);
        _places = new int[_cells.Length * 2];
        for (var c = 0; c < Count; c++) _places[Free(_cells[c].Index)] = c + 1;
    }

    private int Free(int index)
    {
        var i = Home(index);
        while (_places[i] != 0) i = (i + 1) & (_places.Length - 1);
        return i;
    }

    private int Home(int index) => (int)((uint)index * 2654435769u >> 8) & (_places.Length - 1);
}
