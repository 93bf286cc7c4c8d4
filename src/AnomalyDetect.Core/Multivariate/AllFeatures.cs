using System.Runtime.Intrinsics;

namespace AnomalyDetect.Core.Multivariate;

/// <summary>
/// Arithmetic over all features side by side. Each is taken through the steps, and rounded where, it would be by itself, so that it comes out the same to the last bit on any machine.
/// </summary>
internal static class AllFeatures
{
    private const int Side = 8; // features at a time

    /// <summary>value − expected.</summary>
    public static void Errors(ReadOnlySpan<float> values, ReadOnlySpan<double> expected, Span<double> errors)
    {
        for (var j = 0; j < Features.Count; j += Side)
        {
            var (low, high) = Vector256.Widen(Vector256.Create(values.Slice(j, Side)));
            (low - Vector256.Create(expected.Slice(j, Side / 2))).CopyTo(errors.Slice(j, Side / 2));
            (high - Vector256.Create(expected.Slice(j + (Side / 2), Side / 2))).CopyTo(errors.Slice(j + (Side / 2), Side / 2));
        }
    }

    /// <summary>error ÷ σ, no further from 0 than that.</summary>
    public static void Standardise(ReadOnlySpan<double> errors, ReadOnlySpan<double> sigmas, float lowest, float highest, Span<float> standardised)
    {
        for (var j = 0; j < Features.Count; j += Side)
        {
            var low = Vector256.Create(errors.Slice(j, Side / 2)) / Vector256.Create(sigmas.Slice(j, Side / 2));
            var high = Vector256.Create(errors.Slice(j + (Side / 2), Side / 2)) / Vector256.Create(sigmas.Slice(j + (Side / 2), Side / 2));
            Vector256.Max(Vector256.Create(lowest), Vector256.Min(Vector256.Create(highest), Vector256.Narrow(low, high))).CopyTo(standardised.Slice(j, Side));
        }
    }

    public static void Narrow(ReadOnlySpan<double> from, Span<float> to)
    {
        for (var j = 0; j < Features.Count; j += Side)
            Vector256.Narrow(Vector256.Create(from.Slice(j, Side / 2)), Vector256.Create(from.Slice(j + (Side / 2), Side / 2))).CopyTo(to.Slice(j, Side));
    }

    /// <summary>Moves each mean by a share of its error.</summary>
    public static void Move(Span<double> means, ReadOnlySpan<double> errors, double weight)
    {
        for (var j = 0; j < Features.Count; j += Side / 2)
            (Vector256.Create<double>(means.Slice(j, Side / 2)) + (Vector256.Create(errors.Slice(j, Side / 2)) * weight)).CopyTo(means.Slice(j, Side / 2));
    }

    /// <summary>The same, as if nothing stood further away than so many σ.</summary>
    public static void Move(Span<double> means, ReadOnlySpan<double> errors, double weight, double most, ReadOnlySpan<double> sigmas)
    {
        for (var j = 0; j < Features.Count; j += Side / 2)
        {
            var limit = Vector256.Create(sigmas.Slice(j, Side / 2)) * most;
            var taken = Vector256.Max(-limit, Vector256.Min(limit, Vector256.Create(errors.Slice(j, Side / 2))));
            (Vector256.Create<double>(means.Slice(j, Side / 2)) + (taken * weight)).CopyTo(means.Slice(j, Side / 2));
        }
    }

    /// <summary>Moves each mean towards the value by <paramref name="of"/>-th of the way.</summary>
    public static void Blend(Span<float> means, ReadOnlySpan<float> values, double of)
    {
        for (var j = 0; j < Features.Count; j += Side)
        {
            var mean = Vector256.Create<float>(means.Slice(j, Side));
            var (low, high) = Vector256.Widen(Vector256.Create(values.Slice(j, Side)) - mean);
            (mean + Vector256.Narrow(low / Vector256.Create(of), high / Vector256.Create(of))).CopyTo(means.Slice(j, Side));
        }
    }

    /// <summary>numbers × step.</summary>
    public static void FromSteps(ReadOnlySpan<ushort> numbers, float step, Span<double> values)
    {
        for (var j = 0; j < Features.Count; j += Side)
        {
            var (low, high) = Vector256.Widen(ToSingle(Vector128.Create(numbers.Slice(j, Side))) * step);
            low.CopyTo(values.Slice(j, Side / 2));
            high.CopyTo(values.Slice(j + (Side / 2), Side / 2));
        }
    }

    /// <summary>The inverse, to the nearest number there is.</summary>
    public static void ToSteps(ReadOnlySpan<double> values, float step, Span<ushort> numbers)
    {
        for (var j = 0; j < Features.Count; j += Side)
        {
            var steps = Vector256.ConvertToInt32(Vector256.Narrow(Nearest(values.Slice(j, Side / 2), step), Nearest(values.Slice(j + (Side / 2), Side / 2), step)));
            Vector128.Narrow(steps.GetLower(), steps.GetUpper()).AsUInt16().CopyTo(numbers.Slice(j, Side));
        }

        static Vector256<double> Nearest(ReadOnlySpan<double> four, float step) =>
            Vector256.Max(Vector256<double>.Zero, Vector256.Min(Vector256.Create((double)ushort.MaxValue), Vector256.Round(Vector256.Create(four) / Vector256.Create((double)step))));
    }

    /// <summary>What is below number × step is raised to that.</summary>
    public static void AtLeast(ReadOnlySpan<byte> numbers, float step, Span<double> values)
    {
        for (var j = 0; j < Features.Count; j += Side)
        {
            var eight = Vector128.WidenLower(Vector128.CreateScalarUnsafe(BitConverter.ToUInt64(numbers.Slice(j, Side))).AsByte());
            var (low, high) = Vector256.Widen(ToSingle(eight) * step);
            Vector256.Max(Vector256.Create<double>(values.Slice(j, Side / 2)), low).CopyTo(values.Slice(j, Side / 2));
            Vector256.Max(Vector256.Create<double>(values.Slice(j + (Side / 2), Side / 2)), high).CopyTo(values.Slice(j + (Side / 2), Side / 2));
        }
    }

    private static Vector256<float> ToSingle(Vector128<ushort> eight)
    {
        var (low, high) = Vector128.Widen(eight);
        return Vector256.ConvertToSingle(Vector256.Create(low, high).AsInt32());
    }
}
