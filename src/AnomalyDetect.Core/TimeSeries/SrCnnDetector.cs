using System.Runtime.Intrinsics;
using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.TimeSeries;

/// <summary>
/// Points a window's spectrum does not account for (see <see cref="SpectralResidual"/>): no training, any season that fits the window. Same parameters and
/// answers as ML.NET's streaming SrCnn, which reckons in floats; this is the spectral residual part, without the paper's network. There is no p-value to it,
/// so 0.5 is told. Not for scores near 0: they are differences of nearly equal saliencies. A constant series scores 0; after a constant stretch any change is
/// salient. Only the saliencies the last point is compared with are made, by Horner's scheme over four of them at a time: O(n²) for a window of n, about 75·n bytes.
/// </summary>
internal sealed class SrCnnDetector : ISeriesDetector
{
    private readonly SrCnnOptions _options;
    private readonly ulong _key;

    /// <summary>The last points in order, then the predicted ones.</summary>
    private readonly double[] _series;
    private readonly HornerDft _forward;
    private readonly HornerDft _backward;

    /// <summary>Amplitudes' logarithms, then their means, then what each frequency is multiplied with.</summary>
    private readonly double[] _log;
    private readonly double[] _gain;
    private readonly double[] _real;
    private readonly double[] _imaginary;
    private int _count;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public SrCnnDetector(SrCnnOptions options)
    {
        SeriesOptionsValidator.Require(SeriesOptionsValidator.Validate(options));
        _options = options;
        _key = OptionsKey.Of(options);
        var length = options.WindowSize + options.BackAddWindowSize;
        _series = new double[length];
        _forward = new HornerDft(length, 0, (length / 2) + 1, -1);
        _backward = new HornerDft(length, options.WindowSize - options.JudgementWindowSize, options.JudgementWindowSize, 1);
        var padded = (length + 3) & ~3;
        _log = new double[length];
        _gain = new double[padded];
        _real = new double[padded];
        _imaginary = new double[padded];
    }

    /// <summary>The last scored point's saliency, as ML.NET tells it; 0 before. Not part of the saved state.</summary>
    public double Magnitude { get; private set; }

    public long Bytes => ((_series.Length + _log.Length + _gain.Length + _real.Length + _imaginary.Length) * sizeof(double)) + _forward.Bytes + _backward.Bytes + 80;

    public SeriesVerdict Observe(long time, double value)
    {
        if (SeriesVerdict.IsGap(value)) return SeriesVerdict.Gap;
        var window = _options.WindowSize;
        if (_count < window) _series[_count++] = value;
        else
        {
            Array.Copy(_series, 1, _series, 0, window - 1);
            _series[window - 1] = value;
        }

        if (_count < window) return SeriesVerdict.Gathering;
        var score = Score(window);
        return new SeriesVerdict(score > _options.Threshold, score, 0.5, 0);
    }

    private double Score(int window)
    {
        _series.AsSpan(window).Fill(SpectralResidual.Predict(_series.AsSpan(0, window), _options.LookaheadWindowSize));
        _forward.TransformReal(_series);
        Whiten();
        _backward.Transform(_real.AsSpan(0, _series.Length), _imaginary.AsSpan(0, _series.Length));

        var sum = 0.0;
        var saliency = 0.0;
        for (var i = 0; i < _options.JudgementWindowSize; i++)
        {
            var (real, imaginary) = (_backward.Real[i], _backward.Imaginary[i]);
            saliency = Math.Sqrt((real * real) + (imaginary * imaginary)) / _series.Length;
            sum += saliency;
        }

        Magnitude = saliency;
        return SpectralResidual.Score(saliency, sum / _options.JudgementWindowSize);
    }

    /// <summary>The spectrum, mirrored to its upper half, each frequency divided by the geometric mean of its own and the last amplitudes.</summary>
    private void Whiten()
    {
        var length = _series.Length;
        var least = 0.0;
        foreach (var value in _series) least += Math.Abs(value);
        least *= SpectralResidual.Rounding;
        for (var i = 0; i <= length / 2; i++)
        {
            var (real, imaginary) = (_forward.Real[i], _forward.Imaginary[i]);
            var power = (real * real) + (imaginary * imaginary);
            var heard = power > least * least;
            _log[i] = heard ? Math.Log(power) / 2 : 0;
            _real[i] = heard ? real : 0;
            _imaginary[i] = heard ? imaginary : 0;
            if (i == 0 || 2 * i == length) continue;
            _log[length - i] = _log[i];
            _real[length - i] = _real[i];
            _imaginary[length - i] = -_imaginary[i];
        }

        SpectralResidual.TrailingMean(_log, _options.AveragingWindowSize, _gain);
        for (var i = 0; i < _gain.Length; i += 4)
        {
            var gain = NormalTails.Exp(Vector256.MinNative(-Vector256.Create(_gain.AsSpan(i)), Vector256.Create(700.0)));
            (Vector256.Create(_real.AsSpan(i)) * gain).CopyTo(_real, i);
            (Vector256.Create(_imaginary.AsSpan(i)) * gain).CopyTo(_imaginary, i);
        }
    }

    public void Save(StateWriter writer)
    {
        OptionsKey.Save(writer, _key);
        writer.Int(_count);
        writer.Raw<double>(_series.AsSpan(0, _options.WindowSize));
    }

    public void Load(ref StateReader reader)
    {
        OptionsKey.Check(ref reader, _key, _options);
        _count = reader.Int();
        if ((uint)_count > (uint)_options.WindowSize) throw new InvalidDataException("the state of a spectral window holds an impossible count");
        reader.Raw(_series.AsSpan(0, _options.WindowSize));
    }
}
