using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AnomalyDetect.Core.TimeSeries;

/// <summary>
/// exp and erf over four doubles at a time. Lanes are always four and every fused step is asked for, so any machine gives the same bits.
/// </summary>
internal static class NormalTails
{
    private const double Log2E = 1.4426950408889634;
    private const double Ln2 = 0.6931471805599453;

    /// <summary>1.5·2⁵²: added to a small number, it leaves the nearest integer in the low bits.</summary>
    private const double Rounder = 6755399441055744.0;

    /// <summary>eˣ for a number x up to 700, and what is below −700 taken as that; relative error below 3e-10 (Taylor to the eighth power over ±ln 2 / 2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Exp(Vector256<double> x)
    {
        x = Vector256.MaxNative(x, Vector256.Create(-700.0));
        var shifted = Vector256.FusedMultiplyAdd(x, Vector256.Create(Log2E), Vector256.Create(Rounder));
        var power = shifted - Vector256.Create(Rounder);
        var r = Vector256.FusedMultiplyAdd(power, Vector256.Create(-Ln2), x);

        var sum = Vector256.FusedMultiplyAdd(r, Vector256.Create(1 / 40_320.0), Vector256.Create(1 / 5_040.0));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(1 / 720.0));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(1 / 120.0));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(1 / 24.0));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(1 / 6.0));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(0.5));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256<double>.One);
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256<double>.One);
        return sum * ((shifted.AsInt64() + Vector256.Create(1023L)) << 52).AsDouble();
    }

    /// <summary>
    /// erf to 1.5e-7, by the rational approximation 7.1.26 of Abramowitz &amp; Stegun, Handbook of Mathematical Functions (1964). ML.NET's p-values are made with
    /// this one, and a better erf would give others in the tails; so erf(0) is 1e-9, not 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Erf(Vector256<double> x)
    {
        var t = Vector256<double>.One / Vector256.FusedMultiplyAdd(Vector256.Abs(x), Vector256.Create(0.3275911), Vector256<double>.One);
        var sum = Vector256.FusedMultiplyAdd(t, Vector256.Create(1.061405429), Vector256.Create(-1.453152027));
        sum = Vector256.FusedMultiplyAdd(sum, t, Vector256.Create(1.421413741));
        sum = Vector256.FusedMultiplyAdd(sum, t, Vector256.Create(-0.284496736));
        sum = Vector256.FusedMultiplyAdd(sum, t, Vector256.Create(0.254829592));
        var erf = Vector256<double>.One - (sum * t * Exp(-(x * x)));
        return erf ^ (x & Vector256.Create(-0.0));
    }
}
