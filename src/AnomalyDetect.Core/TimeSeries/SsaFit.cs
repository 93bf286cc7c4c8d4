using System.Buffers;

namespace AnomalyDetect.Core.TimeSeries;

/// <summary>
/// Fits an <see cref="SsaModel"/>: the eigenvectors of the trajectory matrix's covariance, and as many of them as forecast the end of the training series best.
/// Golyandina, Nekrutkin &amp; Zhigljavsky, Analysis of Time Series Structure (2001), chapters 1 and 2; the choice of the rank is ML.NET's "exact" one.
/// O(N·L²) for N points and a window of L, once; scratch is borrowed from the shared pool and given back.
/// </summary>
internal static class SsaFit
{
    /// <summary>Points at the end of the training series a rank is judged by.</summary>
    private const int JudgedPoints = 200;

    /// <summary>A squared last component that a float cannot tell from 1: the vector says nothing of how the points before lead to the last.</summary>
    private const double OneAsFloat = 1 - 3e-8;

    /// <param name="components">Room for the window's half of eigenvectors, each <paramref name="stride"/> apart; those chosen are written.</param>
    /// <param name="alpha">Room for the forecast's coefficients; overwritten.</param>
    /// <returns>
    /// The window (one smaller for each vector that says nothing, down to 2) and the rank. A series that cannot be decomposed, such as one of zeros alone, gets
    /// the model that forecasts the mean of the window.
    /// </returns>
    public static (int Window, int Rank) Fit(ReadOnlySpan<double> series, int window, int stride, Span<double> components, Span<double> alpha)
    {
        components.Clear();
        alpha.Clear();
        var rented = ArrayPool<double>.Shared.Rent((2 * window * window) + (2 * series.Length) + (2 * window));
        try
        {
            var matrix = rented.AsSpan(0, window * window);
            var vectors = rented.AsSpan(window * window, window * window);
            var scratch = rented.AsSpan(2 * window * window);
            for (; window > 2; window--)
            {
                Covariance(series, window, matrix);
                SymmetricEigen.Decompose(matrix, vectors, window);
                if (SaysNothing(vectors, window)) continue;

                var rank = BestRank(series, vectors, window, window / 2, scratch);
                if (rank == 0) continue;
                for (var i = 0; i < rank; i++) vectors.Slice(i * window, window).CopyTo(components[(i * stride)..]);
                Coefficients(components, stride, window, rank, alpha);
                return (window, rank);
            }

            Covariance(series, 2, matrix);
            SymmetricEigen.Decompose(matrix, vectors, 2);
            if (SaysNothing(vectors, 2)) components[..2].Fill(1 / Math.Sqrt(2));
            else vectors[..2].CopyTo(components);
            Coefficients(components, stride, 2, 1, alpha);
            return (2, 1);
        }
        finally
        {
            ArrayPool<double>.Shared.Return(rented);
        }
    }

    /// <summary>H·Hᵀ of the trajectory matrix H, each diagonal from its first element on.</summary>
    private static void Covariance(ReadOnlySpan<double> series, int window, Span<double> matrix)
    {
        var columns = series.Length - window + 1;
        for (var j = 0; j < window; j++)
        {
            var sum = 0.0;
            for (var t = 0; t < columns; t++) sum += series[t] * series[t + j];
            matrix[j] = matrix[j * window] = sum;
        }

        for (var i = 1; i < window; i++)
            for (var j = i; j < window; j++)
                matrix[(i * window) + j] = matrix[(j * window) + i] = matrix[((i - 1) * window) + j - 1]
                    - (series[i - 1] * series[j - 1]) + (series[i + columns - 1] * series[j + columns - 1]);
    }

    private static bool SaysNothing(ReadOnlySpan<double> vectors, int window)
    {
        for (var i = 0; i < window; i++)
        {
            var last = vectors[(i * window) + window - 1];
            if (last * last > OneAsFloat) return true;
        }

        return false;
    }

    /// <summary>The linear recurrence of the chosen subspace: how the window's other points lead to its last.</summary>
    private static void Coefficients(ReadOnlySpan<double> components, int stride, int window, int rank, Span<double> alpha)
    {
        var verticality = 0.0;
        for (var i = 0; i < rank; i++)
        {
            var vector = components.Slice(i * stride, window);
            verticality += vector[^1] * vector[^1];
            for (var j = 0; j < window - 1; j++) alpha[j] += vector[^1] * vector[j];
        }

        for (var j = 0; j < window - 1; j++) alpha[j] /= 1 - verticality;
    }

    /// <summary>The rank whose recurrence, begun on the reconstructed series, runs closest to the last points (sum of absolute errors); 0 where none runs at all.</summary>
    private static int BestRank(ReadOnlySpan<double> series, ReadOnlySpan<double> vectors, int window, int most, Span<double> scratch)
    {
        var columns = series.Length - window + 1;
        var judged = Math.Min(Math.Max(window, JudgedPoints), columns);
        var signal = scratch[..series.Length];
        var forecast = scratch.Slice(series.Length, judged + window - 1);
        var alpha = scratch.Slice(series.Length + judged + window - 1, window - 1);
        signal.Clear();
        alpha.Clear();
        double verticality = 0, least = double.MaxValue;
        var best = 0;
        for (var rank = 1; rank <= most; rank++)
        {
            var vector = vectors.Slice((rank - 1) * window, window);
            for (var j = 0; j < window - 1; j++) alpha[j] += vector[^1] * vector[j];
            verticality += vector[^1] * vector[^1];
            AddReconstruction(series, vector, columns, signal);

            var bias = 0.0;
            for (var j = 0; j < series.Length; j++) bias += series[j] - signal[j];
            bias /= series.Length;

            signal.Slice(series.Length - judged - window + 1, window - 1).CopyTo(forecast);
            var error = 0.0;
            for (var j = 0; j < judged && error <= least; j++)
            {
                var next = 0.0;
                for (var k = 0; k < window - 1; k++) next += alpha[k] * forecast[j + k];
                next = (next / (1 - verticality)) + bias;
                forecast[j + window - 1] = next;
                error += Math.Abs(series[series.Length - judged + j] - next);
            }

            // An error of no number is of a recurrence that divides by nothing.
            if (!(error < least)) continue;
            least = error;
            best = rank;
        }

        return best;
    }

    /// <summary>Adds what one eigenvector keeps of the series: its rank-one matrix, averaged over the antidiagonals.</summary>
    private static void AddReconstruction(ReadOnlySpan<double> series, ReadOnlySpan<double> vector, int columns, Span<double> signal)
    {
        var window = vector.Length;
        for (var t = 0; t < columns; t++)
        {
            var weight = 0.0;
            for (var j = 0; j < window; j++) weight += vector[j] * series[t + j];
            for (var j = 0; j < window; j++)
            {
                var at = t + j;
                var shared = Math.Min(Math.Min(at + 1, series.Length - at), Math.Min(window, columns));
                signal[at] += weight * vector[j] / shared;
            }
        }
    }
}
