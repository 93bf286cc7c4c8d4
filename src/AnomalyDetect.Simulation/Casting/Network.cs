using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Simulation.Casting;

/// <summary>
/// Where traffic comes from. All addresses are from ranges nobody owns (RFC 1112, 2544, 3849, 5737) and all system numbers from RFC 5398 and 6996, so that no
/// alert or block in a demonstration ever names a real party.
/// </summary>
/// <param name="first">Its lowest address.</param>
/// <param name="hosts">How many IPv4 addresses it uses; an IPv6 network is a /64 whose lower half changes by the session (RFC 8981).</param>
internal sealed class Network(NetworkAddress first, int hosts, string country, uint asn)
{
    private readonly string? _only = hosts == 1 && !first.IsIPv6 ? first.ToString() : null;

    public string Country { get; } = country;

    public uint Asn { get; } = asn;

    public string Address(Dice dice) => _only
        ?? (first.IsIPv6
            ? NetworkAddress.FromIPv6(first.Bits | dice.Next()).ToString()
            : NetworkAddress.FromIPv4((uint)first.Bits + (uint)dice.Below(hosts)).ToString());

    /// <summary>An office: a few egress addresses of one /24 in 198.18.0.0/16.</summary>
    public static Network Office(int tenant, string country, uint asn) => new(V4(198, 18, tenant % 256, 1), 6, country, asn);

    public static Network DataCentre(int tenant, int host, string country, uint asn) => new(V4(198, 18, tenant % 256, 200 + (host % 50)), 1, country, asn);

    /// <summary>A household: an IPv4 address, or one in four an IPv6 /64.</summary>
    public static Network Home(Dice dice, string country) => dice.Chance(0.25)
        ? new(Prefix(dice.Next() & 0x7fff_ffff), 1, country, (uint)dice.Between(64512, 64999))
        : new(V4(198, 19, dice.Below(192), dice.Between(1, 254)), 1, country, (uint)dice.Between(64512, 64999));

    /// <summary>A mobile carrier's translated address.</summary>
    public static Network Mobile(Dice dice, string country) =>
        new(V4(198, 19, dice.Between(192, 255), dice.Between(1, 254)), 1, country, (uint)dice.Between(65000, 65100));

    /// <summary>Somewhere the tenant has never been seen: each <paramref name="number"/> of one scenario is another neighbourhood while there are any.</summary>
    public static Network Elsewhere(Dice dice, int number) => Elsewhere(dice, number, dice.Pick(Far));

    /// <summary>The same on another continent than <paramref name="home"/>.</summary>
    public static Network Abroad(Dice dice, string home) => Elsewhere(dice, dice.Below(4), dice.Pick(Continents.Other(home, Far)));

    /// <summary>One of a crowd all over the world: each <paramref name="number"/> below 256 is another neighbourhood, every second one IPv6.</summary>
    public static Network Anywhere(Dice dice, int number)
    {
        var country = dice.Pick(dice.Chance(0.5) ? Far : Crowded);
        var asn = (uint)dice.Between(64496, 64511);
        return number % 2 == 0
            ? new(V4(dice.Between(240, 254), number % 256, dice.Below(256), dice.Between(1, 254)), 1, country, asn)
            : new(Prefix(0xc000_0000 | ((uint)number << 16) | (dice.Next() & 0xffff)), 1, country, asn);
    }

    private static Network Elsewhere(Dice dice, int number, string country)
    {
        var asn = (uint)dice.Between(64496, 64511);
        return (number % 4) switch
        {
            0 => new(V4(203, 0, 113, dice.Between(1, 254)), 1, country, asn),
            1 => new(V4(198, 51, 100, dice.Between(1, 254)), 1, country, asn),
            2 => new(V4(192, 0, 2, dice.Between(1, 254)), 1, country, asn),
            _ => new(Prefix(0x8000_0000 | (dice.Next() & 0x7fff_ffff)), 1, country, asn),
        };
    }

    private static readonly string[] Far = ["NL", "RO", "SG", "BR", "VN", "SC", "MD", "PA", "HK", "BG"];
    private static readonly string[] Crowded = ["US", "IN", "ID", "CN", "DE", "MX", "TR", "ZA", "UA", "AR", "TH", "EG"];

    /// <summary>A /64 of 2001:db8::/32.</summary>
    private static NetworkAddress Prefix(ulong number) => NetworkAddress.FromIPv6(((UInt128)0x2001_0db8 << 96) | ((UInt128)number << 64));

    private static NetworkAddress V4(int a, int b, int c, int d) => NetworkAddress.FromIPv4((uint)((a << 24) | (b << 16) | (c << 8) | d));
}
