using System.IO.Hashing;
using System.Text;

namespace AnomalyDetect.Core.Events;

/// <summary>
/// An identifier seen in telemetry: its text and a seeded 64-bit hash, computed once. Two symbols of one text are equal whether or not they are one
/// object; tables compare hash first and text last, so a hash collision costs time and never mixes two identities.
/// </summary>
public sealed class Symbol : IEquatable<Symbol>
{
    /// <summary>What one holds in memory, with a text of some twenty characters.</summary>
    public const int TypicalBytes = 32 + 64;

    public string Text { get; }

    /// <summary>What it holds in memory.</summary>
    internal int Bytes => 32 + 22 + (2 * Text.Length);

    /// <summary>XXH3-64 of the UTF-8 text under <see cref="SymbolTable.Seed"/>.</summary>
    public ulong Hash { get; }

    internal Symbol(string text, ulong hash) => (Text, Hash) = (text, hash);

    /// <summary>For tests, checkpoints and other places off the hot path; the decoder interns through a <see cref="SymbolTable"/>.</summary>
    public static Symbol Create(string text, long seed = 0) => new(text, HashOf(Encoding.UTF8.GetBytes(text), seed));

    public static ulong HashOf(ReadOnlySpan<byte> utf8, long seed) => XxHash3.HashToUInt64(utf8, seed);

    public bool Equals(Symbol? other) =>
        ReferenceEquals(this, other) || (other is not null && Hash == other.Hash && string.Equals(Text, other.Text, StringComparison.Ordinal));

    public override bool Equals(object? obj) => Equals(obj as Symbol);

    public override int GetHashCode() => (int)Hash;

    public override string ToString() => Text;
}
