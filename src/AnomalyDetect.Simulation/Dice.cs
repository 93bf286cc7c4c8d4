using System.Globalization;

namespace AnomalyDetect.Simulation;

/// <summary>
/// Seeded chance: SplitMix64 (Steele, Lea, Flood 2014). Everything it gives is made of integer and IEEE basic operations only, so a seed gives the same
/// bytes on every machine; that is why its logarithm is its own.
/// </summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A stream of its own for each pair, so that one actor's throws never move another's.</summary>
    public static Dice Of(int seed, ulong stream) => new(Mix(((ulong)(uint)seed << 32) ^ Mix(stream + 0x9E3779B97F4A7C15UL)));

    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15UL);

    /// <summary>In [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>In [0, <paramref name="bound"/>).</summary>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>Both ends included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    public double Between(double low, double high) => low + (Unit() * (high - low));

    public bool Chance(double probability) => Unit() < probability;

    public double Exponential(double mean) => -mean * Ln(1.0 - Unit());

    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];

    /// <summary>In place (Fisher, Yates 1938).</summary>
    public T[] Shuffle<T>(T[] items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }

        return items;
    }

    public string Hex() => Next().ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>The SplitMix64 finaliser: a bijection, so distinct numbers stay distinct.</summary>
    public static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }

    /// <summary>Natural logarithm of 0 &lt; x ≤ 1 by the series of 2·artanh((m−1)/(m+1)), m the mantissa; within 1e-10.</summary>
    internal static double Ln(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)((bits >> 52) & 0x7ff) - 1023;
        var m = BitConverter.Int64BitsToDouble((bits & 0xF_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            exponent++;
        }

        var z = (m - 1) / (m + 1);
        var z2 = z * z;
        var series = 1.0 / 13;
        for (var odd = 11; odd >= 1; odd -= 2) series = (series * z2) + (1.0 / odd);
        return (2 * z * series) + (exponent * 0.6931471805599453);
    }
}

/// <summary>Identifiers that look like chance and never repeat: a bijection over (stream, counter).</summary>
/// <param name="seed">Of the run.</param>
/// <param name="stream">Below 2^24; each maker of events has its own.</param>
/// <param name="first">Where the counter starts, below 2^40.</param>
internal sealed class Ids(int seed, int stream, long first = 0)
{
    private readonly ulong _key = Dice.Mix((ulong)(uint)seed + 1);
    private readonly ulong _stream = (ulong)stream << 40;
    private long _next = first;

    public string Event() => Make();

    public string Session() => "s-" + Make();

    public string Token() => "t-" + Make();

    public string Delegation() => "d-" + Make();

    private string Make() => Dice.Mix(_key ^ (_stream | (ulong)_next++)).ToString("x16", CultureInfo.InvariantCulture);
}
