using System.Numerics;

namespace AnomalyDetect.Core.Tables;

/// <summary>How many entries of about one size are paid for, where what holds them is no table of its own: it doubles, and asks before.</summary>
/// <param name="share">What it may grow by; null: up to <paramref name="most"/>.</param>
/// <param name="start">Entries it has room for from the beginning.</param>
/// <param name="bytesEach">Of an entry, typically.</param>
internal sealed class PaidRoom(TableShare? share, int start, int most, int bytesEach)
{
    private readonly TableShare? _share = Begun(share, start, bytesEach);

    public int Count { get; private set; } = Math.Min(start, most);

    /// <summary>Then memory is not what it lacks.</summary>
    public bool IsLargest => Count >= most;

    private static TableShare? Begun(TableShare? share, int start, int bytesEach)
    {
        share?.Begin(start * (long)bytesEach, bytesEach);
        return share;
    }

    /// <returns>There is room for more now.</returns>
    public bool Grow()
    {
        var next = Math.Min(most, Count * 2);
        if (next <= Count || _share?.Grow((next - Count) * (long)bytesEach) == false) return false;
        Count = next;
        return true;
    }

    /// <summary>Gives back what so many entries have no need of for long: however often that is looked at, it comes to the same.</summary>
    public void Shrink(int entries)
    {
        var enough = Math.Max(start, (int)BitOperations.RoundUpToPowerOf2((uint)entries * 2));
        if (enough * 2 > Count) return;
        _share?.Return((Count - enough) * (long)bytesEach);
        Count = enough;
    }

    /// <summary>As it was when a checkpoint was written.</summary>
    public void Restore(int count)
    {
        _share?.Take((count - Count) * (long)bytesEach);
        Count = count;
    }
}
