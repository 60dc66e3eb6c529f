using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tasks.Control;

/// <summary>The linear-quadratic regulator in discrete time.</summary>
/// <remarks>Structure-preserving doubling: Chu, Fan, Lin and Wang (2004), "Structure-preserving algorithms for periodic discrete-time algebraic Riccati
/// equations". After k doublings the cost of 2^k steps is exact, at about 14 n^3 flops each.</remarks>
internal static class Riccati
{
    private const int MaximumDoublings = 60;
    private const double Tolerance = 1e-14;

    /// <summary>Solves P = Q + A'PA - A'PB (R + B'PB)^-1 B'PA for its stabilising solution, <c>[n, n]</c>.</summary>
    /// <returns>P; null where the doublings do not converge: some unstable direction is not controllable, or a marginal one not discounted.</returns>
    internal static Matrix<double>? Solve(Matrix<double> a, Matrix<double> b, Matrix<double> q, Matrix<double> r)
    {
        var identity = Matrix<double>.Build.DenseIdentity(a.RowCount);
        var transition = a;
        var reach = b * r.Cholesky().Solve(b.Transpose());
        var cost = q;
        for (int doubling = 0; doubling < MaximumDoublings; doubling++)
        {
            // LU of I + G H serves both right-hand sides.
            var factor = (identity + (reach * cost)).LU();
            var step = factor.Solve(transition);
            var added = transition.TransposeThisAndMultiply(cost * step);
            reach += transition * factor.Solve(reach).TransposeAndMultiply(transition);
            cost = Symmetric(cost + added);
            reach = Symmetric(reach);
            transition *= step;
            double change = added.FrobeniusNorm() / cost.FrobeniusNorm();
            if (!double.IsFinite(change))
                return null;
            if (change <= Tolerance)
                return cost;
        }
        return null;
    }

    /// <summary>The gain K = (R + B'PB)^-1 B'PA of the optimal control u = -K x, <c>[actions, states]</c>.</summary>
    internal static Matrix<double> Gain(Matrix<double> a, Matrix<double> b, Matrix<double> r, Matrix<double> p)
    {
        var weighted = b.TransposeThisAndMultiply(p);
        return (r + (weighted * b)).Cholesky().Solve(weighted * a);
    }

    private static Matrix<double> Symmetric(Matrix<double> matrix) => (matrix + matrix.Transpose()) * 0.5;
}
