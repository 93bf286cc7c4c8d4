using System.Globalization;

namespace AnomalyDetect.Core.Events;

/// <summary>A CIDR range, such as <c>10.0.0.0/8</c> or <c>2001:db8::/32</c>; a bare address is a range of one.</summary>
public readonly record struct AddressRange(NetworkAddress First, int PrefixLength)
{
    /// <summary>Loopback, private, link-local, carrier-grade NAT, unique local and unspecified ranges (RFC 1918, 3927, 4193, 4291, 6598, 1122).</summary>
    public static IReadOnlyList<AddressRange> NeverPublic { get; } =
    [
        .. new[] { "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "::/127", "fc00::/7", "fe80::/10" }
            .Select(Parse),
    ];

    public bool Contains(NetworkAddress address)
    {
        if (address.IsNone || address.IsIPv6 != First.IsIPv6) return false;
        var bits = First.IsIPv6 ? 128 : 32;
        if (PrefixLength == 0) return true;
        return (address.Bits >> (bits - PrefixLength)) == (First.Bits >> (bits - PrefixLength));
    }

    /// <summary>The two have an address in common.</summary>
    public bool Overlaps(AddressRange other) => Contains(other.First) || other.Contains(First);

    public static bool TryParse(string text, out AddressRange range)
    {
        range = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!NetworkAddress.TryParse(slash < 0 ? text : text.AsSpan(0, slash), out var first)) return false;
        var bits = first.IsIPv6 ? 128 : 32;
        var length = bits;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bits)) return false;
        range = new AddressRange(first, length);
        return true;
    }

    public static AddressRange Parse(string text) =>
        TryParse(text, out var range) ? range : throw new FormatException($"'{text}' is not an address or CIDR range");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First}/{PrefixLength}");
}
