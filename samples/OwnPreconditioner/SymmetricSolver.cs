namespace OwnPreconditioner;

/// <summary>A textbook Cholesky solver; fine for some hundred inputs.</summary>
internal static class SymmetricSolver
{
    /// <summary>Replaces each row g by the x with A x = g, where A is symmetric and positive definite. A is overwritten by its factor.</summary>
    internal static void SolveRows(double[] a, int n, double[] rows)
    {
        for (int j = 0; j < n; j++)
        {
            for (int i = j; i < n; i++)
            {
                double sum = a[(i * n) + j];
                for (int k = 0; k < j; k++)
                    sum -= a[(i * n) + k] * a[(j * n) + k];
                a[(i * n) + j] = i == j ? Math.Sqrt(sum) : sum / a[(j * n) + j];
            }
        }

        for (int start = 0; start < rows.Length; start += n)
        {
            var x = rows.AsSpan(start, n);
            for (int i = 0; i < n; i++)
            {
                for (int k = 0; k < i; k++)
                    x[i] -= a[(i * n) + k] * x[k];
                x[i] /= a[(i * n) + i];
            }

            for (int i = n - 1; i >= 0; i--)
            {
                for (int k = i + 1; k < n; k++)
                    x[i] -= a[(k * n) + i] * x[k];
                x[i] /= a[(i * n) + i];
            }
        }
    }
}
