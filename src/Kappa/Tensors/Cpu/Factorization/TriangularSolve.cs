namespace Kappa.Tensors.Cpu.Factorization;

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
        StripSolver<float>.Solve(right: false, transposeL ? Substitution.Backward : Substitution.Forward, n, columns, l, ldl, b, ldb, b, ldb);

    /// <inheritdoc cref="SolveLeft(bool, int, int, float*, int, float*, int)"/>
    internal static void SolveLeft(bool transposeL, int n, int columns, double* l, int ldl, double* b, int ldb) =>
        StripSolver<double>.Solve(right: false, transposeL ? Substitution.Backward : Substitution.Forward, n, columns, l, ldl, b, ldb, b, ldb);

    /// <summary>B[rows,n] becomes B L^-1, or B L^-T when <paramref name="transposeL"/>.</summary>
    /// <param name="transposeL">Whether to solve with the transpose of L.</param>
    /// <param name="rows">Rows of B.</param>
    /// <param name="n">Rows of L and columns of B.</param>
    /// <param name="l">L; a zero on its diagonal gives infinities.</param>
    /// <param name="ldl">L's leading dimension in elements.</param>
    /// <param name="b">B, overwritten by the solution.</param>
    /// <param name="ldb">B's leading dimension in elements.</param>
    internal static void SolveRight(bool transposeL, int rows, int n, float* l, int ldl, float* b, int ldb) =>
        StripSolver<float>.Solve(right: true, transposeL ? Substitution.Forward : Substitution.Backward, n, rows, l, ldl, b, ldb, b, ldb);

    /// <inheritdoc cref="SolveRight(bool, int, int, float*, int, float*, int)"/>
    internal static void SolveRight(bool transposeL, int rows, int n, double* l, int ldl, double* b, int ldb) =>
        StripSolver<double>.Solve(right: true, transposeL ? Substitution.Forward : Substitution.Backward, n, rows, l, ldl, b, ldb, b, ldb);

    /// <summary>X[n,columns] = (L L^T)^-1 B: both substitutions on a strip of columns while it is near.</summary>
    /// <param name="n">Rows of L, of B and of X.</param>
    /// <param name="columns">Columns of B and of X.</param>
    /// <param name="l">L; a zero on its diagonal gives infinities.</param>
    /// <param name="ldl">L's leading dimension in elements.</param>
    /// <param name="b">B.</param>
    /// <param name="ldb">B's leading dimension in elements.</param>
    /// <param name="x">X, which may be B.</param>
    /// <param name="ldx">X's leading dimension in elements.</param>
    internal static void SolveProductLeft(int n, int columns, float* l, int ldl, float* b, int ldb, float* x, int ldx) =>
        StripSolver<float>.Solve(right: false, Substitution.Forward | Substitution.Backward, n, columns, l, ldl, b, ldb, x, ldx);

    /// <inheritdoc cref="SolveProductLeft(int, int, float*, int, float*, int, float*, int)"/>
    internal static void SolveProductLeft(int n, int columns, double* l, int ldl, double* b, int ldb, double* x, int ldx) =>
        StripSolver<double>.Solve(right: false, Substitution.Forward | Substitution.Backward, n, columns, l, ldl, b, ldb, x, ldx);

    /// <summary>X[rows,n] = B (L L^T)^-1, which is the left solve of the transposes.</summary>
    /// <param name="rows">Rows of B and of X.</param>
    /// <param name="n">Rows of L and columns of B and of X.</param>
    /// <param name="l">L; a zero on its diagonal gives infinities.</param>
    /// <param name="ldl">L's leading dimension in elements.</param>
    /// <param name="b">B.</param>
    /// <param name="ldb">B's leading dimension in elements.</param>
    /// <param name="x">X, which may be B.</param>
    /// <param name="ldx">X's leading dimension in elements.</param>
    internal static void SolveProductRight(int rows, int n, float* l, int ldl, float* b, int ldb, float* x, int ldx) =>
        StripSolver<float>.Solve(right: true, Substitution.Forward | Substitution.Backward, n, rows, l, ldl, b, ldb, x, ldx);

    /// <inheritdoc cref="SolveProductRight(int, int, float*, int, float*, int, float*, int)"/>
    internal static void SolveProductRight(int rows, int n, double* l, int ldl, double* b, int ldb, double* x, int ldx) =>
        StripSolver<double>.Solve(right: true, Substitution.Forward | Substitution.Backward, n, rows, l, ldl, b, ldb, x, ldx);
}
