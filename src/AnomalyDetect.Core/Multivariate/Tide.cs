using System.Runtime.Intrinsics;
using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.Multivariate;

/// <summary>
/// How far a tenant's principals lately stand above what is usual of each, all together: the morning, a busy season, a new client that opens more sessions. What everybody does is
/// no sign of anybody, and where it is one of anything, the tenant's own windows and signals tell it. The location of their last windows, of which none counts for much (Huber, Annals of
/// Mathematical Statistics 35, 1964).
/// </summary>
internal sealed class Tide
{
    private const float Rows = 32; // principals' windows looked back over: one window of a busy tenant, an hour of a small one
    private const float Most = 3; // σ beyond it that a principal counts as at most, or one that goes wild would hide the others

    private const float Clear = 0.25f; // σ worth a word

    private readonly float[] _rise = new float[Features.Count];
    private ulong _last; // whose window was followed

    public static int Bytes => (Features.Count * 4) + 48;

    /// <summary>What is left of a principal's window; who does less than usual while others do more does not thereby do less yet.</summary>
    public FeatureVector Without(in FeatureVector standardised)
    {
        var left = standardised;
        Span<float> values = left;
        for (var j = 0; j < Features.Count; j += Vector256<float>.Count)
        {
            var value = Vector256.Create<float>(values[j..]);
            var rise = Vector256.Max(Vector256<float>.Zero, Vector256.Create<float>(_rise.AsSpan(j)));
            var above = Vector256.Max(Vector256<float>.Zero, Vector256.Max(Vector256<float>.Zero, value) - rise);
            (Vector256.Min(Vector256<float>.Zero, value) + above).CopyTo(values[j..]);
        }

        return left;
    }

    /// <summary>One more window of a principal that is known. Two in a row of the same one say nothing of what it has in common with others.</summary>
    public void Follow(ulong principal, in FeatureVector standardised)
    {
        if (principal == _last) return;
        _last = principal;
        ReadOnlySpan<float> values = standardised;
        for (var j = 0; j < Features.Count; j += Vector256<float>.Count)
        {
            var (rise, value) = (Vector256.Create<float>(_rise.AsSpan(j)), Vector256.Create(values[j..]));
            var beyond = Vector256.Max(Vector256.Create(-Most), Vector256.Min(Vector256.Create(Most), value - rise));
            (rise + (beyond / Rows)).CopyTo(_rise, j);
        }
    }

    /// <summary>The features all do clearly more of, most first, and by how many σ.</summary>
    public IReadOnlyList<(Feature Feature, float Rise)> Risen() =>
        [.. Enum.GetValues<Feature>().Select(feature => (Feature: feature, Rise: _rise[(int)feature])).Where(f => f.Rise >= Clear).OrderByDescending(f => f.Rise)];

    public void Save(StateWriter writer)
    {
        writer.Raw<float>(_rise);
        writer.Long((long)_last);
    }

    public void Load(ref StateReader reader)
    {
        reader.Raw(_rise.AsSpan());
        _last = (ulong)reader.Long();
    }
}
