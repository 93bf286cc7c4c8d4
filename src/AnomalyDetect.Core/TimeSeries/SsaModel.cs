using System.Runtime.Intrinsics;
using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.TimeSeries;

/// <summary>
/// Singular spectrum analysis of a series as a forecaster of its next value: the last L points are projected on the few eigenvectors that carry trend and
/// seasons, smoothed with the projections before, and led on by the subspace's linear recurrence. Golyandina &amp; Korobeynikov, Basic Singular Spectrum Analysis
/// and Forecasting with R (arXiv:1206.6910), as ML.NET does it: fitted once, not stabilised, not adapted afterwards. Until fitted it gathers.
/// The covariance is summed in doubles, where ML.NET has floats: forecasts differ from its by some millionths of the level, and by up to 3e-4 of it where a short
/// window meets a level far above the variation.
/// 2·r·L multiplications a point (r the rank, at most L/2); L²/2 doubles for the eigenvectors and one for each training point.
/// </summary>
internal sealed class SsaModel
{
    public const int LongestWindow = 256;

    private readonly int _window;
    private readonly int _stride;
    private readonly double[] _training;
    private readonly double[] _components;
    private readonly double[] _alpha;
    private readonly double[] _smoothed;
    private readonly double[] _recent;
    private readonly double[] _projected;
    private readonly double[] _blend;
    private int _gathered;
    private int _size;
    private int _rank;

    public SsaModel(int window, int training)
    {
        _window = window;
        _stride = (window + 3) & ~3;
        _training = new double[training];
        _components = new double[window / 2 * _stride];
        _alpha = new double[_stride];
        _smoothed = new double[_stride + 4];
        _recent = new double[_stride];
        _projected = new double[_stride + 4];
        _blend = new double[_stride];
    }

    public bool Fitted => _rank > 0;

    /// <summary>What the next value is expected to be; NaN until fitted.</summary>
    public double Next { get; private set; } = double.NaN;

    public long Bytes => ((_training.Length + _components.Length + _alpha.Length + _smoothed.Length + _recent.Length + _projected.Length + _blend.Length) * sizeof(double)) + 96;

    /// <summary>Fits on the first training window of a history, in place of the first points to come.</summary>
    /// <exception cref="ArgumentException">Fewer values than the training window has, gaps left out.</exception>
    public void Fit(ReadOnlySpan<double> history)
    {
        _gathered = 0;
        foreach (var value in history)
            if (!SeriesVerdict.IsGap(value) && _gathered < _training.Length) _training[_gathered++] = value;
        if (_gathered < _training.Length) throw new ArgumentException($"a history of {_gathered} values is shorter than the training window of {_training.Length} points");
        Fit();
    }

    private void Fit()
    {
        (_size, _rank) = SsaFit.Fit(_training, _window, _stride, _components, _alpha);
        SetBlend();
        _training.AsSpan(_training.Length - _size).CopyTo(_recent);
        Project();
        _smoothed.AsSpan().Clear();
        _projected.AsSpan(1, _size - 1).CopyTo(_smoothed);
        Next = Dot(_smoothed, _alpha);
        // From here on the points before the window's last are the smoothed ones, until true ones take their places.
        _recent.AsSpan().Clear();
        _smoothed.AsSpan(0, _size - 1).CopyTo(_recent);
    }

    /// <summary>The i-th smoothed value was projected window − 1 − i times and is the mean of them.</summary>
    private void SetBlend()
    {
        Array.Clear(_blend);
        for (var i = 0; i < _size - 1; i++) _blend[i] = 1.0 / (_size - 1 - i);
    }

    /// <returns>What the next value is now expected to be; NaN while gathering.</returns>
    public double Consume(double value)
    {
        if (!Fitted)
        {
            _training[_gathered++] = value;
            if (_gathered == _training.Length) Fit();
            return double.NaN;
        }

        _recent[_size - 1] = value;
        Project();
        for (var i = 0; i < _size - 1; i += 4)
        {
            var before = Vector256.Create(_smoothed.AsSpan(i + 1));
            var now = Vector256.Create(_projected.AsSpan(i + 1));
            Vector256.FusedMultiplyAdd(now - before, Vector256.Create(_blend.AsSpan(i)), before).CopyTo(_smoothed, i);
        }

        _smoothed.AsSpan(_size - 1).Clear();
        Next = Dot(_smoothed, _alpha);
        Array.Copy(_recent, 1, _recent, 0, _size - 1);
        return Next;
    }

    /// <summary>The recent window, projected on the chosen eigenvectors.</summary>
    private void Project()
    {
        Array.Clear(_projected);
        for (var i = 0; i < _rank; i++)
        {
            var component = _components.AsSpan(i * _stride, _stride);
            var weight = Vector256.Create(Dot(component, _recent));
            for (var j = 0; j < _stride; j += 4)
                Vector256.FusedMultiplyAdd(weight, Vector256.Create(component[j..]), Vector256.Create(_projected.AsSpan(j))).CopyTo(_projected, j);
        }
    }

    private double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var sum = Vector256<double>.Zero;
        for (var i = 0; i < _stride; i += 4) sum = Vector256.FusedMultiplyAdd(Vector256.Create(left[i..]), Vector256.Create(right[i..]), sum);
        return Vector256.Sum(sum);
    }

    public void Save(StateWriter writer)
    {
        writer.Int(_gathered);
        writer.Int(_size);
        writer.Int(_rank);
        writer.Double(Next);
        writer.Raw<double>(_training);
        writer.Raw<double>(_components);
        writer.Raw<double>(_alpha);
        writer.Raw<double>(_smoothed);
        writer.Raw<double>(_recent);
    }

    public void Load(ref StateReader reader)
    {
        _gathered = reader.Int();
        _size = reader.Int();
        _rank = reader.Int();
        if ((uint)_gathered > (uint)_training.Length || (_rank != 0) != (_gathered == _training.Length)
            || (uint)_rank > (uint)(_window / 2) || (_rank > 0 && (_size < 2 || _size > _window)))
            throw new InvalidDataException("the state of a forecaster holds an impossible rank, window or count");
        Next = reader.Double();
        reader.Raw<double>(_training);
        reader.Raw<double>(_components);
        reader.Raw<double>(_alpha);
        reader.Raw<double>(_smoothed);
        reader.Raw<double>(_recent);
        SetBlend();
    }
}
