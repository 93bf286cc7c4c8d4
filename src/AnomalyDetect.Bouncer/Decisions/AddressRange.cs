using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AnomalyDetect.Bouncer.Decisions;

/// <summary>An address or CIDR range over 128 bits, IPv4 mapped into IPv6 (<c>::ffff:a.b.c.d</c>).</summary>
internal readonly record struct AddressRange(UInt128 First, UInt128 Mask)
{
    /// <summary>Ranges of no single stranger: RFC 1918, 3927, 4193, 4291, 6598, 1122.</summary>
    public static IReadOnlyList<AddressRange> NeverPublic { get; } =
    [
        .. new[] { "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "::/127", "fc00::/7", "fe80::/10" }
            .Select(text => TryParse(text, out var range) ? range : throw new FormatException(text)),
    ];

    public bool Contains(UInt128 address) => (address & Mask) == First;

    public static bool TryParse(string? text, out AddressRange range)
    {
        range = default;
        if (text is null) return false;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var address = slash < 0 ? text.AsSpan() : text.AsSpan(0, slash);
        // IPAddress also takes "1" and "0x7f.1" for IPv4, and a zone for IPv6.
        if (address.Contains('%') || !IPAddress.TryParse(address, out var parsed)) return false;
        var isIPv4 = parsed.AddressFamily == AddressFamily.InterNetwork;
        if (isIPv4 && address.Count('.') != 3) return false;
        var bits = isIPv4 ? 32 : 128;
        var length = bits;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bits)) return false;
        var mask = MaskOf(128 - bits + length);
        range = new AddressRange(Bits(parsed) & mask, mask);
        return true;
    }

    /// <summary>Allocates nothing.</summary>
    public static UInt128 Bits(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var written);
        return written == 4
            ? ((UInt128)0xffff << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>What counts as one source: an IPv4 address, or the /64 of an IPv6 address, for one subscriber commonly holds a whole /64 (RFC 6177).</summary>
    public static UInt128 Source(UInt128 address) => address >> 32 == 0xffff ? address : address & ~(UInt128)ulong.MaxValue;

    private static UInt128 MaskOf(int length) => length == 0 ? 0 : UInt128.MaxValue << (128 - length);
}
