using System.Numerics;

namespace Kappa.Tensors.Cpu;

/// <summary>Solves with a lower triangular matrix L [n,n]. The strict upper triangle is not read.</summary>
internal static unsafe class TriangularSolve
{
    /// <summary>B[n,columns] becomes L^-1 B, or L^-T B when <paramref name="transposeL"/>.</summary>
    /// <param name="transposeL">Whether to solve with the transpose of L.</param>
    /// <param name="n">Rows of L and of B.</param>
    /// <param name="columns">Columns of B.</param>
    /// <param name="l">L; a zero on its diagonal gives infinities.</param>
    /// <param name="ldl">L's leading dimension in elements.</param>
    /// <param name="b">B, overwritten by the solution.</param>
    /// <param name="ldb">B's leading dimension in elements.</param>
    internal static void SolveLeft(bool transposeL, int n, int columns, float* l, int ldl, float* b, int ldb) =>
        SimpleLeft(transposeL, n, columns, l, ldl, b, ldb);

    /// <inheritdoc cref="SolveLeft(bool, int, int, float*, int, float*, int)"/>
    internal static void SolveLeft(bool transposeL, int n, int columns, double* l, int ldl, double* b, int ldb) =>
        SimpleLeft(transposeL, n, columns, l, ldl, b, ldb);

    /// <summary>B[rows,n] becomes B L^-1, or B L^-T when <paramref name="transposeL"/>.</summary>
    /// <param name="transposeL">Whether to solve with the transpose of L.</param>
    /// <param name="rows">Rows of B.</param>
    /// <param name="n">Rows of L and columns of B.</param>
    /// <param name="l">L; a zero on its diagonal gives infinities.</param>
    /// <param name="ldl">L's leading dimension in elements.</param>
    /// <param name="b">B, overwritten by the solution.</param>
    /// <param name="ldb">B's leading dimension in elements.</param>
    internal static void SolveRight(bool transposeL, int rows, int n, float* l, int ldl, float* b, int ldb) =>
        SimpleRight(transposeL, rows, n, l, ldl, b, ldb);

    /// <inheritdoc cref="SolveRight(bool, int, int, float*, int, float*, int)"/>
    internal static void SolveRight(bool transposeL, int rows, int n, double* l, int ldl, double* b, int ldb) =>
        SimpleRight(transposeL, rows, n, l, ldl, b, ldb);

    private static void SimpleLeft<T>(bool transposeL, int n, int columns, T* l, int ldl, T* b, int ldb)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int step = 0; step < n; step++)
        {
            int i = transposeL ? n - 1 - step : step;
            T* row = b + ((long)i * ldb);
            for (int p = transposeL ? i + 1 : 0; p < (transposeL ? n : i); p++)
            {
                T factor = transposeL ? l[((long)p * ldl) + i] : l[((long)i * ldl) + p];
                T* other = b + ((long)p * ldb);
                for (int j = 0; j < columns; j++)
                    row[j] -= factor * other[j];
            }
            T diagonal = l[((long)i * ldl) + i];
            for (int j = 0; j < columns; j++)
                row[j] /= diagonal;
        }
    }

    private static void SimpleRight<T>(bool transposeL, int rows, int n, T* l, int ldl, T* b, int ldb)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < rows; i++)
        {
            T* x = b + ((long)i * ldb);
            for (int step = 0; step < n; step++)
            {
                int j = transposeL ? step : n - 1 - step;
                T sum = x[j];
                for (int p = transposeL ? 0 : j + 1; p < (transposeL ? j : n); p++)
                    sum -= x[p] * (transposeL ? l[((long)j * ldl) + p] : l[((long)p * ldl) + j]);
                x[j] = sum / l[((long)j * ldl) + j];
            }
        }
    }
}
