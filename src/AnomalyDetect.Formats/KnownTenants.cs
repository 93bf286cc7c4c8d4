using System.Runtime.InteropServices;
using System.Text;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Formats;

/// <summary>
/// Tenants that came lately, by their names: most events are of one of them, and need neither be checked nor hashed again. Names that meet in one slot
/// displace each other, which costs the long way and no garbage. Of one thread.
/// </summary>
internal sealed class KnownTenants(SymbolTable symbols)
{
    private const int SlotBits = 10;
    private readonly Symbol?[] _slots = new Symbol?[1 << SlotBits];

    /// <returns>Null: it is no name of a tenant.</returns>
    public Symbol? Find(ReadOnlySpan<byte> utf8)
    {
        ref var slot = ref _slots[SlotOf(utf8)];
        // A tenant's name is ASCII.
        if (slot is { } known && Ascii.Equals(utf8, known.Text)) return known;
        if (!TenantName.IsValid(utf8)) return null;
        return slot = symbols.Intern(utf8);
    }

    /// <summary>By the last eight bytes, which is where names that are made by counting differ.</summary>
    private static int SlotOf(ReadOnlySpan<byte> utf8)
    {
        var last = 0UL;
        if (utf8.Length >= sizeof(ulong)) last = MemoryMarshal.Read<ulong>(utf8[^sizeof(ulong)..]);
        else
            foreach (var letter in utf8) last = (last << 8) | letter;
        return (int)(((last + (ulong)utf8.Length) * 0x9E3779B97F4A7C15UL) >> (64 - SlotBits));
    }
}
