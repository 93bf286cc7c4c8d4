namespace AnomalyDetect.Core.TimeSeries;

/// <summary>
/// Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's cyclic rotations (Golub &amp; Van Loan, Matrix Computations, 8.5): slower than reducing to
/// tridiagonal form first, and accurate for small eigenvalues too. O(n³) a sweep, about eight sweeps: below 1 ms for n = 24, about a second for n = 256.
/// </summary>
internal static class SymmetricEigen
{
    private const int MostSweeps = 60;

    /// <param name="matrix">n·n values; left with the eigenvalues on its diagonal.</param>
    /// <param name="vectors">n·n values, overwritten: row i is the unit eigenvector of the i-th greatest eigenvalue.</param>
    public static void Decompose(Span<double> matrix, Span<double> vectors, int n)
    {
        vectors[..(n * n)].Clear();
        for (var i = 0; i < n; i++) vectors[(i * n) + i] = 1;
        for (var sweep = 0; sweep < MostSweeps && !IsDiagonal(matrix, n); sweep++)
            for (var p = 0; p < n - 1; p++)
                for (var q = p + 1; q < n; q++)
                    Rotate(matrix, vectors, n, p, q);
        Sort(matrix, vectors, n);
    }

    private static bool IsDiagonal(ReadOnlySpan<double> matrix, int n)
    {
        double off = 0, on = 0;
        for (var i = 0; i < n; i++)
        {
            on += matrix[(i * n) + i] * matrix[(i * n) + i];
            for (var j = i + 1; j < n; j++) off += matrix[(i * n) + j] * matrix[(i * n) + j];
        }

        return off <= 1e-30 * on;
    }

    /// <summary>Turns the plane of p and q so that their common element becomes 0.</summary>
    private static void Rotate(Span<double> matrix, Span<double> vectors, int n, int p, int q)
    {
        var common = matrix[(p * n) + q];
        if (common == 0) return;
        var theta = (matrix[(q * n) + q] - matrix[(p * n) + p]) / (2 * common);
        var tangent = Math.CopySign(1, theta) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
        var cosine = 1 / Math.Sqrt((tangent * tangent) + 1);
        var sine = tangent * cosine;
        for (var k = 0; k < n; k++)
        {
            var (left, right) = (matrix[(k * n) + p], matrix[(k * n) + q]);
            matrix[(k * n) + p] = (cosine * left) - (sine * right);
            matrix[(k * n) + q] = (sine * left) + (cosine * right);
        }

        Turn(matrix.Slice(p * n, n), matrix.Slice(q * n, n), cosine, sine);
        Turn(vectors.Slice(p * n, n), vectors.Slice(q * n, n), cosine, sine);
    }

    private static void Turn(Span<double> first, Span<double> second, double cosine, double sine)
    {
        for (var k = 0; k < first.Length; k++)
        {
            var (left, right) = (first[k], second[k]);
            first[k] = (cosine * left) - (sine * right);
            second[k] = (sine * left) + (cosine * right);
        }
    }

    private static void Sort(Span<double> matrix, Span<double> vectors, int n)
    {
        for (var i = 0; i < n - 1; i++)
        {
            var greatest = i;
            for (var j = i + 1; j < n; j++)
                if (matrix[(j * n) + j] > matrix[(greatest * n) + greatest]) greatest = j;
            if (greatest == i) continue;
            (matrix[(i * n) + i], matrix[(greatest * n) + greatest]) = (matrix[(greatest * n) + greatest], matrix[(i * n) + i]);
            for (var k = 0; k < n; k++)
                (vectors[(i * n) + k], vectors[(greatest * n) + k]) = (vectors[(greatest * n) + k], vectors[(i * n) + k]);
        }
    }
}
