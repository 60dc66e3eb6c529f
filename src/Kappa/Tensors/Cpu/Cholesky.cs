using System.Numerics;

namespace Kappa.Tensors.Cpu;

/// <summary>The Cholesky factorisation of a symmetric positive definite matrix.</summary>
internal static unsafe class Cholesky
{
    /// <summary>Replaces the lower triangle of A by L with A = L L^T. The strict upper triangle is neither read nor written.</summary>
    /// <param name="n">Rows and columns of A.</param>
    /// <param name="a">A, [n,n].</param>
    /// <param name="lda">A's leading dimension in elements.</param>
    /// <returns>-1, or the index of the first pivot that is not a positive finite number; A's lower triangle is then partly overwritten.</returns>
    internal static int Factor(int n, float* a, int lda) => Simple(n, a, lda);

    /// <inheritdoc cref="Factor(int, float*, int)"/>
    internal static int Factor(int n, double* a, int lda) => Simple(n, a, lda);

    private static int Simple<T>(int n, T* a, int lda)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int j = 0; j < n; j++)
        {
            T* rowJ = a + ((long)j * lda);
            T pivot = rowJ[j];
            for (int p = 0; p < j; p++)
                pivot -= rowJ[p] * rowJ[p];
            if (!(pivot > T.Zero) || !T.IsFinite(pivot))
                return j;
            T root = T.Sqrt(pivot);
            rowJ[j] = root;
            for (int i = j + 1; i < n; i++)
            {
                T* rowI = a + ((long)i * lda);
                T sum = rowI[j];
                for (int p = 0; p < j; p++)
                    sum -= rowI[p] * rowJ[p];
                rowI[j] = sum / root;
            }
        }
        return -1;
    }
}
