using System.Numerics;

namespace Kappa.Tensors.Cpu;

/// <summary>The symmetric product of a matrix with its own transpose.</summary>
internal static unsafe class SymmetricRankUpdate
{
    /// <summary>C[n,n] = scale A A^T, or scale A^T A when <paramref name="transposed"/>; added to C when <paramref name="accumulate"/>.</summary>
    /// <param name="transposed">False: A is [n,k]; true: A is [k,n].</param>
    /// <param name="n">Rows and columns of C.</param>
    /// <param name="k">The length of the sums.</param>
    /// <param name="a">A.</param>
    /// <param name="lda">A's leading dimension in elements.</param>
    /// <param name="c">C: both triangles are written. With <paramref name="accumulate"/> it must be symmetric on entry.</param>
    /// <param name="ldc">C's leading dimension in elements.</param>
    /// <param name="scale">The factor on the product.</param>
    /// <param name="accumulate">Whether to add to C.</param>
    internal static void Compute(bool transposed, int n, int k, float* a, int lda, float* c, int ldc, float scale, bool accumulate) =>
        Simple(transposed, n, k, a, lda, c, ldc, scale, accumulate);

    /// <inheritdoc cref="Compute(bool, int, int, float*, int, float*, int, float, bool)"/>
    internal static void Compute(bool transposed, int n, int k, double* a, int lda, double* c, int ldc, double scale, bool accumulate) =>
        Simple(transposed, n, k, a, lda, c, ldc, scale, accumulate);

    private static void Simple<T>(bool transposed, int n, int k, T* a, int lda, T* c, int ldc, T scale, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                T sum = T.Zero;
                for (int p = 0; p < k; p++)
                    sum += transposed ? a[((long)p * lda) + i] * a[((long)p * lda) + j] : a[((long)i * lda) + p] * a[((long)j * lda) + p];
                T value = scale * sum;
                if (accumulate)
                    value += c[((long)i * ldc) + j];
                c[((long)i * ldc) + j] = value;
                c[((long)j * ldc) + i] = value;
            }
        }
    }
}
