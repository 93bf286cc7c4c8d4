using System.Numerics;
using System.Text;

namespace AnomalyDetect.Core.Events;

/// <summary>
/// A bounded cache from UTF-8 text to its <see cref="Symbol"/>, so that decoding an identifier seen lately allocates nothing. It is a cache and no
/// registry: a displaced symbol is simply made again, and nothing rests on object identity. So threads may share one without a lock: a race can only lose a
/// symbol from the cache.
/// </summary>
public sealed class SymbolTable
{
    private const int Ways = 4;
    private readonly Slot[] _slots;
    private readonly ulong _setMask;

    /// <summary>The hash stands beside the symbol, so that a look-up touches none but the one it finds. Threads may tear the two apart: the symbol has the last word.</summary>
    private struct Slot
    {
        public ulong Hash;
        public Symbol? Symbol;
    }

    /// <summary>Symbols kept at most.</summary>
    public int Capacity => _slots.Length;

    /// <summary>The hash seed of this installation; 0 in <c>replay</c>, so that two runs agree.</summary>
    public long Seed { get; }

    /// <param name="capacity">Symbols kept, rounded up to a power of two; default 131,072 (2 MiB).</param>
    /// <param name="seed">Of the hash; kept secret by a service so that nobody outside can aim at a table's slots.</param>
    public SymbolTable(int capacity = 1 << 17, long seed = 0)
    {
        var size = BitOperations.RoundUpToPowerOf2((uint)Math.Max(Ways * 2, capacity));
        _slots = new Slot[size];
        _setMask = (size / Ways) - 1;
        Seed = seed;
    }

    /// <param name="utf8">Valid UTF-8; the decoder has checked it.</param>
    public Symbol Intern(ReadOnlySpan<byte> utf8)
    {
        var hash = Symbol.HashOf(utf8, Seed);
        var set = _slots.AsSpan((int)(hash & _setMask) * Ways, Ways);
        for (var i = 0; i < Ways; i++)
            if (set[i].Hash == hash && set[i].Symbol is { } known && known.Hash == hash && TextEquals(known.Text, utf8)) return known;

        var made = new Symbol(Encoding.UTF8.GetString(utf8), hash);
        set[..(Ways - 1)].CopyTo(set[1..]);
        set[0] = new Slot { Hash = hash, Symbol = made };
        return made;
    }

    private static bool TextEquals(string text, ReadOnlySpan<byte> utf8) =>
        Ascii.Equals(utf8, text) || (!Ascii.IsValid(utf8) && Encoding.UTF8.GetString(utf8) == text);
}
