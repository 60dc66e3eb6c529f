namespace Kappa.Tensors.Cpu.Products;

/// <summary>The dense matrix product, row-major.</summary>
internal static unsafe class MatrixProduct
{
    /// <summary>C[m,n] = op(A) op(B), or C += when <paramref name="accumulate"/>.</summary>
    /// <param name="transposeA">Whether A is stored [k,m].</param>
    /// <param name="transposeB">Whether B is stored [n,k].</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">The length of the sums; 0 gives zeros.</param>
    /// <param name="a">A, [m,k] or [k,m].</param>
    /// <param name="lda">A's leading dimension in elements.</param>
    /// <param name="b">B, [k,n] or [n,k].</param>
    /// <param name="ldb">B's leading dimension in elements.</param>
    /// <param name="c">C, which must not overlap A or B.</param>
    /// <param name="ldc">C's leading dimension in elements.</param>
    /// <param name="accumulate">Whether to add to C.</param>
    internal static void Multiply(
        bool transposeA, bool transposeB, int m, int n, int k, float* a, int lda, float* b, int ldb, float* c, int ldc, bool accumulate) =>
        ProductPlan.Multiply(transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate);

    /// <inheritdoc cref="Multiply(bool, bool, int, int, int, float*, int, float*, int, float*, int, bool)"/>
    internal static void Multiply(
        bool transposeA, bool transposeB, int m, int n, int k, double* a, int lda, double* b, int ldb, double* c, int ldc, bool accumulate) =>
        ProductPlan.Multiply(transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate);
}
