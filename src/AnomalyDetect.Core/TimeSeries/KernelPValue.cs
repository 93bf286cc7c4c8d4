using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.TimeSeries;

/// <summary>
/// How unusual a score is among the last ones: the tail probability under a Gaussian kernel density estimate over the ring, whose bandwidth is the ring's own
/// standard deviation. ML.NET keeps the sum of squared distances of all pairs for it, which drifts; that sum is n²σ², so σ is taken afresh from the ring
/// each time and a spike of 1e12 leaves no trace once it is out. n doubles; one erf for each of them a score.
/// </summary>
internal sealed class KernelPValue(int length, AnomalySide side)
{
    public const double Least = 1e-8;

    /// <summary>Where all scores are one and the same, the bandwidth is this.</summary>
    private const double LeastBandwidth = 1e-6;

    private const double MostScore = 1e140;

    private readonly double[] _ring = new double[(length + 3) & ~3];
    private int _next;
    private int _count;

    public bool Full => _count == length;

    public long Bytes => (_ring.Length * sizeof(double)) + 32;

    /// <summary>The p-value of a score among those before it, within [1e-8, 1 − 1e-8]; the score then takes the place of the oldest. The first one's is 0.5.</summary>
    public double Observe(double score)
    {
        // An error in proportion to a prediction of next to nothing has no bounds of its own.
        score = Math.Clamp(score, -MostScore, MostScore);
        var upper = _count == 0 ? 0.5 : UpperTail(score);
        _ring[_next] = score;
        _next = _next + 1 == length ? 0 : _next + 1;
        if (_count < length) _count++;
        var p = side switch
        {
            AnomalySide.Positive => upper,
            AnomalySide.Negative => 1 - upper,
            _ => Math.Min(upper, 1 - upper),
        };
        return Math.Clamp(p, Least, 1 - Least);
    }

    private double UpperTail(double score)
    {
        var ring = MemoryMarshal.Cast<double, Vector256<double>>(_ring.AsSpan());
        var scale = Vector256.Create(1 / Bandwidth(ring));
        var at = Vector256.Create(score);
        var sum = Vector256<double>.Zero;
        var whole = _count >> 2;
        foreach (var scores in ring[..whole]) sum += NormalTails.Erf((at - scores) * scale);
        if ((_count & 3) != 0) sum += NormalTails.Erf((at - ring[whole]) * scale) & FirstLanes(_count & 3);
        return 0.5 - (Vector256.Sum(sum) / (2 * _count));
    }

    /// <summary>
    /// √2·σ of the ring: what a difference is divided by to be an argument of erf. Differences are from one of the scores, so that squares cancel by a factor
    /// of their number at most, wherever the scores lie.
    /// </summary>
    private double Bandwidth(ReadOnlySpan<Vector256<double>> ring)
    {
        if (_count == 1) return Math.Sqrt(2);
        var pivot = Vector256.Create(_ring[0]);
        Vector256<double> sum = default, otherSum = default, squares = default, otherSquares = default;
        var whole = _count >> 2;
        for (var i = 0; i < whole - 1; i += 2)
        {
            var (difference, other) = (ring[i] - pivot, ring[i + 1] - pivot);
            sum += difference;
            otherSum += other;
            squares = Vector256.FusedMultiplyAdd(difference, difference, squares);
            otherSquares = Vector256.FusedMultiplyAdd(other, other, otherSquares);
        }

        for (var i = whole & ~1; 4 * i < _count; i++)
        {
            var difference = (ring[i] - pivot) & FirstLanes(_count - (4 * i));
            sum += difference;
            squares = Vector256.FusedMultiplyAdd(difference, difference, squares);
        }

        var total = Vector256.Sum(sum + otherSum);
        var spread = Vector256.Sum(squares + otherSquares) - (total * total / _count);
        return Math.Max(Math.Sqrt(2 * Math.Max(spread, 0) / _count), LeastBandwidth);
    }

    private static Vector256<double> FirstLanes(int lanes) =>
        Vector256.LessThan(Vector256.Create(0L, 1L, 2L, 3L), Vector256.Create((long)lanes)).AsDouble();

    public void Save(StateWriter writer)
    {
        writer.Int(_next);
        writer.Int(_count);
        writer.Raw<double>(_ring);
    }

    public void Load(ref StateReader reader)
    {
        _next = reader.Int();
        _count = reader.Int();
        if ((uint)_next >= (uint)length || (uint)_count > (uint)length) throw new InvalidDataException("the state of a p-value's ring points outside it");
        reader.Raw<double>(_ring);
    }
}
