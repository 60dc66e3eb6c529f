using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tasks.Control;

/// <summary>The discrete algebraic Riccati equation <c>P = Q + A^T P A - A^T P B (R + B^T P B)^-1 B^T P A</c>.</summary>
/// <remarks>Solved by structure-preserving doubling (Chu, Fan, Lin and Wang, 2004, "Structure-preserving algorithms for periodic discrete-time algebraic Riccati
/// equations"): step k holds the answer of 2^k value iterations, so it converges quadratically. About 20 n^3 flops a step, some ten steps.</remarks>
internal static class Riccati
{
    private const int MaximumSteps = 60;
    private const double Tolerance = 1e-14;

    /// <summary>The stabilising solution P, <c>[n, n]</c>; null where the iteration does not converge, which means that the pair (A, B) cannot be stabilised.</summary>
    public static Matrix<double>? Solve(Matrix<double> a, Matrix<double> b, Matrix<double> q, Matrix<double> r)
    {
        var identity = Matrix<double>.Build.DenseIdentity(a.RowCount);
        var transition = a;
        var g = b * r.Cholesky().Solve(b.Transpose());
        var h = q;
        for (int step = 0; step < MaximumSteps; step++)
        {
            var lu = (identity + (g * h)).LU();
            var solvedTransition = lu.Solve(transition);
            var nextH = Symmetric(h + (transition.TransposeThisAndMultiply(h) * solvedTransition));
            g = Symmetric(g + (transition * lu.Solve(g) * transition.Transpose()));
            transition *= solvedTransition;
            double change = (nextH - h).FrobeniusNorm() / nextH.FrobeniusNorm();
            h = nextH;
            if (!double.IsFinite(change))
                return null;
            if (change <= Tolerance)
                return h;
        }

        return null;
    }

    /// <summary>The gain of the optimal policy <c>a = K s</c>: <c>K = -(R + B^T P B)^-1 B^T P A</c>, <c>[actions, states]</c>.</summary>
    public static Matrix<double> Gain(Matrix<double> a, Matrix<double> b, Matrix<double> r, Matrix<double> p)
    {
        var bp = b.TransposeThisAndMultiply(p);
        return -(r + (bp * b)).Cholesky().Solve(bp * a);
    }

    private static Matrix<double> Symmetric(Matrix<double> matrix) => (matrix + matrix.Transpose()) * 0.5;
}
