using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Formats;

/// <summary>
/// Tenants that came lately, by the bytes of their names: most events are of one of them, and need neither be checked nor hashed again. Names that meet in one slot
/// displace each other, which costs the long way and nothing else. Of one thread.
/// </summary>
internal sealed class KnownTenants(SymbolTable symbols)
{
    private const int Slots = 256;
    private readonly byte[][] _names = [.. Enumerable.Repeat(Array.Empty<byte>(), Slots)];
    private readonly Symbol?[] _symbols = new Symbol?[Slots];

    /// <returns>Null: it is no name of a tenant.</returns>
    public Symbol? Find(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty) return null;
        var slot = (utf8[0] + (31 * utf8[^1]) + (7 * utf8[utf8.Length / 2]) + (3 * utf8.Length)) % Slots;
        if (utf8.SequenceEqual(_names[slot])) return _symbols[slot];
        if (!TenantName.IsValid(utf8)) return null;
        (_names[slot], _symbols[slot]) = (utf8.ToArray(), symbols.Intern(utf8));
        return _symbols[slot];
    }
}
