using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Response.Webhooks;

/// <summary>
/// Which addresses may be dialled. IPv4: all but the special-purpose ranges (RFC 6890) and multicast. IPv6: global unicast (2000::/3) less the ranges that
/// embed or tunnel to other addresses. <paramref name="allowed"/> opens ranges in spite of that; plain HTTP goes to those alone.
/// </summary>
public sealed class DialPolicy(IReadOnlyList<AddressRange> allowed)
{
    private static readonly AddressRange GlobalUnicast = AddressRange.Parse("2000::/3");

    private static readonly AddressRange[] SpecialPurpose =
    [
        .. new[]
        {
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(AddressRange.Parse),
    ];

    /// <summary>Null when the address may be dialled, or why not.</summary>
    /// <param name="tls">Whether what follows is encrypted.</param>
    public string? Refusal(IPAddress address, bool tls)
    {
        var network = Convert(address);
        if (allowed.Any(range => range.Contains(network))) return null;
        var isPublic = !network.IsNone && (!network.IsIPv6 || GlobalUnicast.Contains(network))
            && !AddressRange.NeverPublic.Any(range => range.Contains(network)) && !SpecialPurpose.Any(range => range.Contains(network));
        if (!isPublic) return $"{address} is not a public address and not in allowed_ranges";
        return tls ? null : $"{address} is not in allowed_ranges, to which plain http is confined";
    }

    private static NetworkAddress Convert(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily switch
        {
            AddressFamily.InterNetwork => NetworkAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes)),
            AddressFamily.InterNetworkV6 => NetworkAddress.FromIPv6(BinaryPrimitives.ReadUInt128BigEndian(bytes)),
            _ => NetworkAddress.None,
        };
    }
}

/// <summary>No address of the host may be dialled, or the name has none.</summary>
public sealed class DialRefusedException(string message) : IOException(message);
