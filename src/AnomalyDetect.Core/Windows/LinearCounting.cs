using System.Numerics;

namespace AnomalyDetect.Core.Windows;

/// <summary>
/// How many distinct things set the bits of a bitmap, each one bit by its hash (Whang, Vander-Zanden &amp; Taylor, ACM TODS 15, 1990): nearly exact while few
/// bits are set, and no more than <c>bits × ln(bits)</c> are told apart.
/// </summary>
internal static class LinearCounting
{
    public static double Estimate(ReadOnlySpan<ulong> bitmap)
    {
        var set = 0;
        foreach (var word in bitmap) set += BitOperations.PopCount(word);
        return Estimate(set, bitmap.Length * 64);
    }

    /// <param name="set">Bits that are set, of so many.</param>
    public static double Estimate(int set, double bits) => -bits * Math.Log((bits - Math.Min(set, bits - 1)) / bits);
}
