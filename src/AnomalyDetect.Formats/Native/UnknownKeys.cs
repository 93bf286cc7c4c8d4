using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Formats.Native;

/// <summary>Tells keys outside the contract that come twice in one event. It remembers the first 64 of an event; beyond, twins pass, for their values are not read.</summary>
internal sealed class UnknownKeys
{
    private const int Capacity = 64;
    private readonly ulong[] _hashes = new ulong[Capacity];
    private int _count;

    public void Clear() => _count = 0;

    /// <summary>False when the key was there before.</summary>
    public bool Add(ReadOnlySpan<byte> key)
    {
        var hash = Symbol.HashOf(key, 0);
        if (_hashes.AsSpan(0, _count).Contains(hash)) return false;
        if (_count < Capacity) _hashes[_count++] = hash;
        return true;
    }
}
