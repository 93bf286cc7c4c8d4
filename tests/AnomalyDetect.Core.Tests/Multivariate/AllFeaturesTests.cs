using AnomalyDetect.Core.Multivariate;

namespace AnomalyDetect.Core.Tests.Multivariate;

/// <summary>Side by side every feature comes to the same bits as alone, or checkpoints of one machine would not be those of another.</summary>
[TestClass]
public sealed class AllFeaturesTests
{
    private const int Rounds = 200;
    private readonly Random _random = new(11);

    private double[] Doubles(double least, double most) => [.. Enumerable.Range(0, Features.Count).Select(_ => least + ((most - least) * _random.NextDouble()))];

    private float[] Floats(double least, double most) => [.. Doubles(least, most).Select(v => (float)v)];

    private static void AreSame<T>(Func<int, T> one, ReadOnlySpan<T> all)
    {
        for (var j = 0; j < Features.Count; j++) Assert.AreEqual(one(j), all[j], $"feature {j}");
    }

    [TestMethod]
    public void Errors_and_what_they_are_in_sigma()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (values, expected, sigmas) = (Floats(0, 12), Doubles(0, 12), Doubles(0.25, 3));
            var (errors, standardised, narrow) = (new double[Features.Count], new float[Features.Count], new float[Features.Count]);
            AllFeatures.Errors(values, expected, errors);
            AreSame(j => values[j] - expected[j], errors.AsSpan());
            AllFeatures.Standardise(errors, sigmas, -2, 30, standardised);
            AreSame(j => Math.Clamp((float)(errors[j] / sigmas[j]), -2, 30), standardised.AsSpan());
            AllFeatures.Narrow(errors, narrow);
            AreSame(j => (float)errors[j], narrow.AsSpan());
        }
    }

    [TestMethod]
    public void Means_that_move()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (means, errors, sigmas, weight) = (Doubles(0, 12), Doubles(-12, 12), Doubles(0.25, 3), 1.0 / (1 + _random.Next(34)));
            var (free, held) = ((double[])means.Clone(), (double[])means.Clone());
            AllFeatures.Move(free, errors, weight);
            AreSame(j => means[j] + (errors[j] * weight), free.AsSpan());
            AllFeatures.Move(held, errors, weight, 3, sigmas);
            AreSame(j => means[j] + (Math.Clamp(errors[j], -3 * sigmas[j], 3 * sigmas[j]) * weight), held.AsSpan());
            var (slow, values, of) = (Floats(0, 12), Floats(0, 12), 200.0 + round);
            var blended = (float[])slow.Clone();
            AllFeatures.Blend(blended, values, of);
            AreSame(j => slow[j] + (float)((values[j] - slow[j]) / of), blended.AsSpan());
        }
    }

    [TestMethod]
    public void Steps_there_and_back()
    {
        const float Step = 1 / 4096f;
        for (var round = 0; round < Rounds; round++)
        {
            var values = Doubles(-1, 18); // beyond both ends
            for (var j = 0; j < Features.Count; j += 5) values[j] = (_random.Next(60_000) + 0.5) * Step; // half way between two
            var (numbers, back) = (new ushort[Features.Count], new double[Features.Count]);
            AllFeatures.ToSteps(values, Step, numbers);
            AreSame(j => (ushort)Math.Clamp(Math.Round(values[j] / Step), 0, ushort.MaxValue), numbers.AsSpan());
            AllFeatures.FromSteps(numbers, Step, back);
            AreSame(j => numbers[j] * Step, back.AsSpan());
        }
    }

    [TestMethod]
    public void What_was_reached_before_is_the_least()
    {
        const float Step = 1 / 32f;
        for (var round = 0; round < Rounds; round++)
        {
            var (sigmas, reaches) = (Doubles(0.25, 3), new byte[Features.Count]);
            _random.NextBytes(reaches);
            var raised = (double[])sigmas.Clone();
            AllFeatures.AtLeast(reaches, Step, raised);
            AreSame(j => Math.Max(sigmas[j], Step * reaches[j]), raised.AsSpan());
        }
    }
}
