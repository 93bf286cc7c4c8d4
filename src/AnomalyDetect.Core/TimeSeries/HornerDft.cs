using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AnomalyDetect.Core.TimeSeries;

/// <summary>
/// Some places of a discrete Fourier transform of any length, each as a polynomial in its root of unity, evaluated by Horner's scheme: twelve places at a
/// time, so that one's latency hides behind the others'. For short windows of which few places are wanted: no factor of the length needed, no table but one
/// root for each place. O(length · places). Rounding grows with the length: below 1e-12 of the input's sum for 1,024 points.
/// </summary>
internal sealed class HornerDft
{
    private const int Block = 12;
    private readonly double[] _cosine;
    private readonly double[] _sine;

    /// <param name="first">The first place wanted, and <paramref name="places"/> how many.</param>
    /// <param name="sign">−1 forward, 1 backward (which is not divided by the length).</param>
    public HornerDft(int length, int first, int places, int sign)
    {
        var padded = (places + Block - 1) / Block * Block;
        _cosine = new double[padded];
        _sine = new double[padded];
        Real = new double[padded];
        Imaginary = new double[padded];
        for (var i = 0; i < places; i++)
            (_sine[i], _cosine[i]) = Math.SinCos(sign * 2 * Math.PI * (first + i) / length);
    }

    /// <summary>What the last transform gave, place by place; more than the wanted ones.</summary>
    public double[] Real { get; }

    public double[] Imaginary { get; }

    public long Bytes => (4 * Real.Length * sizeof(double)) + 48;

    public void TransformReal(ReadOnlySpan<double> input) => Evaluate(input, []);

    public void Transform(ReadOnlySpan<double> real, ReadOnlySpan<double> imaginary) => Evaluate(real, imaginary);

    private void Evaluate(ReadOnlySpan<double> real, ReadOnlySpan<double> imaginary)
    {
        for (var at = 0; at < Real.Length; at += Block)
        {
            var (c0, s0) = (Vector256.Create(_cosine.AsSpan(at)), Vector256.Create(_sine.AsSpan(at)));
            var (c1, s1) = (Vector256.Create(_cosine.AsSpan(at + 4)), Vector256.Create(_sine.AsSpan(at + 4)));
            var (c2, s2) = (Vector256.Create(_cosine.AsSpan(at + 8)), Vector256.Create(_sine.AsSpan(at + 8)));
            Vector256<double> r0 = default, r1 = default, r2 = default, i0 = default, i1 = default, i2 = default;
            for (var j = real.Length - 1; j >= 0; j--)
            {
                var x = Vector256.Create(real[j]);
                var y = imaginary.IsEmpty ? Vector256<double>.Zero : Vector256.Create(imaginary[j]);
                Step(ref r0, ref i0, c0, s0, x, y);
                Step(ref r1, ref i1, c1, s1, x, y);
                Step(ref r2, ref i2, c2, s2, x, y);
            }

            r0.CopyTo(Real, at);
            r1.CopyTo(Real, at + 4);
            r2.CopyTo(Real, at + 8);
            i0.CopyTo(Imaginary, at);
            i1.CopyTo(Imaginary, at + 4);
            i2.CopyTo(Imaginary, at + 8);
        }
    }

    /// <summary>sum·root + next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(
        ref Vector256<double> real, ref Vector256<double> imaginary, Vector256<double> cosine, Vector256<double> sine, Vector256<double> x, Vector256<double> y)
    {
        var turned = Vector256.FusedMultiplyAdd(real, cosine, Vector256.FusedMultiplyAdd(-imaginary, sine, x));
        imaginary = Vector256.FusedMultiplyAdd(real, sine, Vector256.FusedMultiplyAdd(imaginary, cosine, y));
        real = turned;
    }
}
