using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.Events;

/// <summary>
/// An IPv4 or IPv6 address. IPv4-mapped IPv6 (<c>::ffff:a.b.c.d</c>) is IPv4. What counts as one source is <see cref="Network"/>: the IPv4
/// address itself, or the /64 of an IPv6 address, for one subscriber commonly holds a whole /64 (RFC 6177).
/// </summary>
public readonly record struct NetworkAddress
{
    private readonly ulong _high, _low; // a UInt128 would be padded to its alignment of 16
    private readonly byte _family; // 0 none, 4, 6

    private NetworkAddress(ulong high, ulong low, byte family) => (_high, _low, _family) = (high, low, family);

    public static NetworkAddress None => default;

    public bool IsNone => _family == 0;

    public bool IsIPv6 => _family == 6;

    public UInt128 Bits => new(_high, _low);

    public static NetworkAddress FromIPv4(uint bits) => new(0, bits, 4);

    public static NetworkAddress FromIPv6(UInt128 bits) => bits >> 32 == 0xffff ? FromIPv4((uint)bits) : new((ulong)(bits >> 64), (ulong)bits, 6);

    /// <summary>The address as one source: an IPv4 address, or an IPv6 /64 (its lower half zero).</summary>
    public NetworkAddress Network => IsIPv6 ? new(_high, 0, 6) : this;

    /// <summary>The wider neighbourhood: IPv4 /24 (carrier NAT and office pools hop inside one), IPv6 /64.</summary>
    public NetworkAddress Neighbourhood => _family == 4 ? FromIPv4((uint)_low & 0xffff_ff00) : Network;

    public ulong Hash
    {
        get
        {
            var x = _low ^ (_high * 0x9E3779B97F4A7C15UL) ^ _family;
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
            return x ^ (x >> 31);
        }
    }

    public static bool TryParse(ReadOnlySpan<char> text, out NetworkAddress address)
    {
        address = default;
        if (text.Contains('%') || text.Contains('/') || !IPAddress.TryParse(text, out var parsed)) return false;
        Span<byte> bytes = stackalloc byte[16];
        parsed.TryWriteBytes(bytes, out var written);
        // IPAddress also takes "1" and "0x7f.1"; an address in telemetry is dotted or has colons.
        if (written == 4 && text.Count('.') != 3) return false;
        address = written == 4 ? FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes)) : FromIPv6(BinaryPrimitives.ReadUInt128BigEndian(bytes));
        return true;
    }

    public static NetworkAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IP address");

    internal void Save(StateWriter writer)
    {
        writer.Byte(_family);
        writer.Long((long)_high);
        writer.Long((long)_low);
    }

    internal static NetworkAddress Load(ref StateReader reader)
    {
        var family = reader.Byte();
        return new NetworkAddress((ulong)reader.Long(), (ulong)reader.Long(), family);
    }

    /// <summary>Canonical text (RFC 5952 for IPv6).</summary>
    public override string ToString()
    {
        if (IsNone) return "";
        if (_family == 4)
            return string.Create(CultureInfo.InvariantCulture, $"{(byte)(_low >> 24)}.{(byte)(_low >> 16)}.{(byte)(_low >> 8)}.{(byte)_low}");
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
        return new IPAddress(bytes).ToString();
    }

    /// <summary>As a source: the IPv4 address, or the IPv6 network with <c>/64</c>.</summary>
    public string ToNetworkString() => IsIPv6 ? Network + "/64" : ToString();
}
