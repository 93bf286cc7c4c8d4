using System.Numerics;

namespace AnomalyDetect.Core.TimeSeries;

/// <summary>
/// What a batch's values were expected to be, and how far off they may stand: the series with its anomalies replaced by a line through their neighbours, freed
/// of its fastest quarter of frequencies; and margins in units of the local median. The curve of sensitivities and the constants are ML.NET's.
/// </summary>
internal sealed class SrCnnBoundaries
{
    /// <summary>Points of a spectral score above this are replaced before the expectation is made.</summary>
    private const double Replaced = 0.35;

    /// <summary>An expectation of a point that is no anomaly is drawn to within this sensitivity's margin of the point.</summary>
    private const double DrawnTo = 93;

    private const int LeastFitted = 4;
    private const int WidestMedian = 512;
    private const double UnitNearZero = 0.3;
    private const double Nothing = 1e-8;

    /// <summary>Margin, in boundary units, by whole percents of sensitivity.</summary>
    private static readonly double[] Margins = [.. Enumerable.Range(0, 101).Select(MarginAt)];

    private readonly double[] _values;
    private readonly double[] _expected;
    private readonly double[] _units;

    public SrCnnBoundaries(ReadOnlySpan<double> values, ReadOnlySpan<SrCnnEntireVerdict> spectral)
    {
        _values = [.. values];
        _expected = Smooth(WithoutAnomalies(values, spectral));
        _units = Units(values, spectral);
    }

    /// <summary>Adds the expectation to spectral verdicts and, in margin mode, boundaries, which then decide what is an anomaly and how great a one.</summary>
    public void Tell(Span<SrCnnEntireVerdict> verdicts, SrCnnEntireOptions options)
    {
        double low = _values.Min(), high = _values.Max();
        for (var i = 0; i < verdicts.Length; i++)
        {
            // Series of one sign are expected to keep it.
            var expected = low >= 0 ? Math.Max(_expected[i], 0) : high <= 0 ? Math.Min(_expected[i], 0) : _expected[i];
            verdicts[i] = options.DetectMode == SrCnnDetectMode.AnomalyAndMargin
                ? Bounded(verdicts[i], i, expected, Margin(_units[i], options.Sensitivity))
                : verdicts[i] with { Expected = expected };
        }
    }

    private SrCnnEntireVerdict Bounded(SrCnnEntireVerdict spectral, int i, double expected, double margin)
    {
        var value = _values[i];
        var score = spectral.Alert ? Distance(Math.Abs(_expected[i] - value) / _units[i]) : 0;
        if (spectral.Alert && Math.Abs(value - _expected[i]) > margin)
            return spectral with { Score = score, Expected = expected, BoundaryUnit = _units[i], Upper = _expected[i] + margin, Lower = _expected[i] - margin };

        var reach = Margin(_units[i], DrawnTo);
        expected = Math.Max(Math.Min(expected, value + reach), value - reach);
        return spectral with { Alert = false, Score = score, Expected = expected, BoundaryUnit = _units[i], Upper = expected + margin, Lower = expected - margin };
    }

    /// <summary>From 0 %, where nothing is out of bounds, quadratically and then in ever flatter lines down to 100 %, where everything is.</summary>
    private static double MarginAt(int percent) => percent switch
    {
        < 25 => (0.8 * (25 - percent) * (25 - percent)) + 32,
        < 45 => 61.25 - (1.25 * percent),
        < 55 => 23 - (0.4 * percent),
        < 65 => 3.2 - (0.04 * percent),
        < 75 => 2.55 - (0.03 * percent),
        < 85 => 1.425 - (0.015 * percent),
        < 93 => 0.15 - (0.13 / 11 * (percent - 85)),
        93 => 0.15 - (0.13 / 11 * 9),
        94 => 0.012,
        < 100 => 0.008 - (0.001925 * (percent - 95)),
        _ => 0,
    };

    private static double Margin(double unit, double sensitivity)
    {
        var whole = (int)sensitivity;
        return unit * (whole == sensitivity ? Margins[whole] : Margins[whole] + ((sensitivity - whole) * (Margins[whole + 1] - Margins[whole])));
    }

    /// <summary>The insensitivity, 0 to 1, whose margin a distance in units just reaches.</summary>
    private static double Distance(double units)
    {
        var percent = 0;
        while (percent < 100 && Margins[100 - percent] < units) percent++;
        if (percent == 0 || Margins[100 - percent] == units) return percent / 100.0;
        var (lower, upper) = (Margins[101 - percent], Margins[100 - percent]);
        return (percent - 1 + ((units - lower) / (upper - lower))) / 100;
    }

    private static double[] WithoutAnomalies(ReadOnlySpan<double> values, ReadOnlySpan<SrCnnEntireVerdict> spectral)
    {
        double[] calm = [.. values];
        for (var i = 0; i < calm.Length; i++)
            if (spectral[i].Score > Replaced && LineThroughNeighbours(values, spectral, i) is { } value) calm[i] = value;
        return calm;
    }

    /// <summary>Least squares through the nearest points that stay; null where there are fewer than two.</summary>
    private static double? LineThroughNeighbours(ReadOnlySpan<double> values, ReadOnlySpan<SrCnnEntireVerdict> spectral, int at)
    {
        for (var step = 1; ; step += 2)
        {
            var (from, to) = (Math.Max(at - step, 0), Math.Min(at + step, values.Length - 1));
            double n = 0, x = 0, y = 0, xx = 0, xy = 0;
            for (var i = from; i <= to; i++)
            {
                if (spectral[i].Score > Replaced) continue;
                // Measured from the point itself, the line's value there is its intercept.
                double distance = i - at;
                n++;
                x += distance;
                y += values[i];
                xx += distance * distance;
                xy += distance * values[i];
            }

            if (n < LeastFitted && (from > 0 || to < values.Length - 1)) continue;
            return n > 1 ? ((xx * y) - (x * xy)) / ((n * xx) - (x * x)) : null;
        }
    }

    private static double[] Smooth(double[] values)
    {
        var spectrum = FourierTransform.Forward(Array.ConvertAll(values, value => new Complex(value, 0)));
        for (var i = 0; i < spectrum.Length; i++)
            if (8L * i > 3L * spectrum.Length && 8L * i < 5L * spectrum.Length) spectrum[i] = 0;
        return Array.ConvertAll(FourierTransform.Backward(spectrum), value => value.Real);
    }

    private static double[] Units(ReadOnlySpan<double> values, ReadOnlySpan<SrCnnEntireVerdict> spectral)
    {
        var medians = Medians(values, Math.Min(values.Length / 3, WidestMedian) / 2);
        double sum = 0;
        var counted = 0;
        var nearZero = true;
        for (var i = 0; i < medians.Length; i++)
        {
            if (spectral[i].Alert) continue;
            // A series of negative values is "near zero" too, as in ML.NET: its unit is the constant one.
            nearZero &= medians[i] < Nothing;
            sum += Math.Abs(medians[i]);
            counted++;
        }

        if (nearZero) return [.. Enumerable.Repeat(UnitNearZero, medians.Length)];
        return Array.ConvertAll(medians, median => counted == 0 ? Math.Abs(median) : (sum / counted / 2) + (Math.Abs(median) / 2));
    }

    /// <summary>Each point's median with <paramref name="reach"/> points on both sides, fewer at the ends.</summary>
    private static double[] Medians(ReadOnlySpan<double> values, int reach)
    {
        var medians = new double[values.Length];
        var sorted = new List<double>((2 * reach) + 1);
        for (var i = -reach; i < values.Length; i++)
        {
            if (i + reach < values.Length) sorted.Insert(Place(sorted, values[i + reach]), values[i + reach]);
            if (i - reach > 0) sorted.RemoveAt(Place(sorted, values[i - reach - 1]));
            if (i >= 0) medians[i] = (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
        }

        return medians;
    }

    private static int Place(List<double> sorted, double value)
    {
        var found = sorted.BinarySearch(value);
        return found < 0 ? ~found : found;
    }
}
