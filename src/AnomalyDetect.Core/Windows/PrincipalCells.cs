using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Tables;

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
/// <param name="share">What it may grow by, beyond what it begins with; null: up to its limit.</param>
/// <param name="attached">Bytes that a cell may hold outside the table; principals' names are counted as they are.</param>
internal sealed class PrincipalCells<TCell>(int capacity, int limit, TableShare? share = null, int attached = 0)
    where TCell : struct, IPrincipalCell
{
    private const int KeptCells = 1024; // a larger table is given back when less than an eighth of it was used

    private TCell[] _cells = new TCell[capacity];
    private TCell _overflow;
    private int[] _places = new int[capacity * 2]; // index in _cells + 1; 0 empty
    private long _texts; // bytes of the principals' names
    private long _textRoom = capacity * (long)Symbol.TypicalBytes; // bytes of them that are paid for

    public int Count { get; private set; }

    public ReadOnlySpan<TCell> All => _cells.AsSpan(0, Count);

    public long Bytes => ((long)_cells.Length * Unsafe.SizeOf<TCell>()) + (_places.Length * 4L);

    /// <summary>What it would hold with so many principals.</summary>
    public static long BytesAt(int capacity, int principals) =>
        BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity, principals)) * (Unsafe.SizeOf<TCell>() + (2 * 4L));

    /// <summary>What that many cells count for in a share, names of ordinary length among them.</summary>
    public static long CostOf(int cells, int attached) => cells * (Unsafe.SizeOf<TCell>() + (2 * 4L) + attached + Symbol.TypicalBytes);

    public void Clear()
    {
        _texts = 0;
        if (_cells.Length > KeptCells && Count * 8 < _cells.Length) Shrink();
        else
        {
            Array.Clear(_cells, 0, Count);
            Array.Clear(_places);
        }

        Count = 0;
    }

    /// <summary>Gives back what it holds beyond what it began with, where it is empty.</summary>
    public void Trim()
    {
        if (Count == 0 && Extra > 0) Shrink();
    }

    /// <summary>Nobody needs it any more.</summary>
    public void Release() => share?.Return(Extra);

    private long Extra => CostOf(_cells.Length, attached) - CostOf(capacity, attached) + _textRoom - (_cells.Length * (long)Symbol.TypicalBytes);

    private void Shrink()
    {
        share?.Return(Extra);
        (_cells, _places, _textRoom) = (new TCell[capacity], new int[capacity * 2], capacity * (long)Symbol.TypicalBytes);
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

        if (Count >= limit || !HasRoom(principal.Bytes))
        {
            _overflow = default;
            _overflow.Claim(principal, index);
            return ref _overflow;
        }

        if (Count == _cells.Length)
        {
            Resize(_cells.Length * 2);
            i = Free(index);
        }

        Debug.Assert(_places[i] == 0, "a principal's place is free");
        _places[i] = ++Count;
        _texts += principal.Bytes;
        ref var cell = ref _cells[Count - 1];
        cell.Claim(principal, index);
        return ref cell;
    }

    /// <summary>The cell stays until the window ends, and is not the one of whoever finds no room.</summary>
    public bool Keeps(ref readonly TCell cell) => !Unsafe.AreSame(in cell, in _overflow);

    /// <summary>One more cell fits in, or the lane has memory for it.</summary>
    private bool HasRoom(int texts)
    {
        if (share is null || (Count < _cells.Length && _texts + texts <= _textRoom)) return true;
        var (cost, room) = (0L, _textRoom);
        if (Count == _cells.Length) (cost, room) = (CostOf(_cells.Length, attached), room + (_cells.Length * (long)Symbol.TypicalBytes));
        var longer = Math.Max(0, _texts + texts - room);
        if (longer > 0) longer = Math.Max(longer, room / 2);
        if (!share.Grow(cost + longer)) return false;
        _textRoom = room + longer;
        return true;
    }

    private void Resize(int cells)
    {
        Array.Resize(ref _cells, cells);
        _places = new int[_cells.Length * 2];
        for (var c = 0; c < Count; c++) _places[Free(_cells[c].Index)] = c + 1;
    }

    private int Free(int index)
    {
        var i = Home(index);
        while (_places[i] != 0) i = (i + 1) & (_places.Length - 1);
        return i;
    }

    /// <summary>How large it is; what is in it is for the window to save.</summary>
    public void SaveSize(StateWriter writer)
    {
        writer.Int(_cells.Length);
        writer.Long(_textRoom);
    }

    /// <summary>Of a new one.</summary>
    public void LoadSize(ref StateReader reader)
    {
        var (cells, room) = (reader.Int(), reader.Long());
        if (cells < capacity || !BitOperations.IsPow2(cells) || cells > Math.Max(capacity, 2L * limit) || room < 0) throw new InvalidDataException("a window in the lane checkpoint has an impossible size");
        Resize(cells);
        _textRoom = room;
        share?.Take(Extra);
    }

    private int Home(int index) => (int)((uint)index * 2654435769u >> 8) & (_places.Length - 1);
}
