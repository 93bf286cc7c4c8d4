using System.Numerics;

namespace AnomalyDetect.Core.TimeSeries;

/// <summary>
/// The discrete Fourier transform of any length in O(n log n): radix 2 where the length is a power of 2, else Bluestein's convolution with a chirp
/// (IEEE Trans. Audio Electroacoust. 18, 1970) over the next power of 2 that holds it. Allocates; for whole batches.
/// </summary>
internal static class FourierTransform
{
    public static Complex[] Forward(ReadOnlySpan<Complex> input)
    {
        Complex[] output = [.. input];
        if (BitOperations.IsPow2(output.Length)) Radix2(output);
        else Bluestein(output);
        return output;
    }

    /// <summary>The inverse, divided by the length.</summary>
    public static Complex[] Backward(ReadOnlySpan<Complex> input)
    {
        var output = new Complex[input.Length];
        for (var i = 0; i < output.Length; i++) output[i] = Complex.Conjugate(input[i]);
        output = Forward(output);
        for (var i = 0; i < output.Length; i++) output[i] = Complex.Conjugate(output[i]) / output.Length;
        return output;
    }

    private static void Radix2(Span<Complex> values)
    {
        for (int i = 1, reversed = 0; i < values.Length; i++)
        {
            var bit = values.Length >> 1;
            for (; (reversed & bit) != 0; bit >>= 1) reversed ^= bit;
            reversed ^= bit;
            if (i < reversed) (values[i], values[reversed]) = (values[reversed], values[i]);
        }

        Span<Complex> roots = new Complex[values.Length / 2];
        for (var i = 0; i < roots.Length; i++) roots[i] = Root(-i, values.Length);
        for (var half = 1; half < values.Length; half *= 2)
        {
            var stride = roots.Length / half;
            for (var start = 0; start < values.Length; start += 2 * half)
                for (var k = 0; k < half; k++)
                {
                    var odd = values[start + half + k] * roots[k * stride];
                    values[start + half + k] = values[start + k] - odd;
                    values[start + k] += odd;
                }
        }
    }

    private static void Bluestein(Span<Complex> values)
    {
        var n = values.Length;
        var padded = (int)BitOperations.RoundUpToPowerOf2((uint)((2 * n) - 1));
        var chirp = new Complex[n];
        // k² grows beyond what an angle resolves; its remainder by 2n does not.
        for (var k = 0; k < n; k++) chirp[k] = Root(-((long)k * k % (2L * n)), 2 * n);

        var signal = new Complex[padded];
        var kernel = new Complex[padded];
        for (var k = 0; k < n; k++)
        {
            signal[k] = values[k] * chirp[k];
            kernel[k] = Complex.Conjugate(chirp[k]);
            if (k > 0) kernel[padded - k] = kernel[k];
        }

        Radix2(signal);
        Radix2(kernel);
        for (var k = 0; k < padded; k++) signal[k] *= kernel[k];
        signal = Backward(signal);
        for (var k = 0; k < n; k++) values[k] = signal[k] * chirp[k];
    }

    private static Complex Root(long numerator, int denominator)
    {
        var (sine, cosine) = Math.SinCos(2 * Math.PI * numerator / denominator);
        return new Complex(cosine, sine);
    }
}
