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
        double bits = bitmap.Length * 64;
        return -bits * Math.Log((bits - Math.Min(set, bits - 1)) / bits);
    }
}
