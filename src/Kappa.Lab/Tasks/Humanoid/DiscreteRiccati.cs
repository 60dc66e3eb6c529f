using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>The linear-quadratic regulator in discrete time.</summary>
/// <remarks>
/// Structure-preserving doubling: Chu, Fan, Lin and Wang (2004), "Structure-preserving algorithms for periodic discrete-time algebraic
/// Riccati equations". After k doublings the cost of 2^k steps is exact, at about 14 n^3 flops each.
/// </remarks>
internal static class DiscreteRiccati
{
    private const int MaximumDoublings = 60;

    /// <summary>Solves P = Q + A'PA - A'PB (R + B'PB)^-1 B'PA for its stabilising solution.</summary>
    public static Matrix<double> Solve(Matrix<double> a, Matrix<double> b, Matrix<double> q, Matrix<double> r)
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
            cost = Symmetrise(cost + added);
            reach = Symmetrise(reach);
            transition *= step;
            double change = added.FrobeniusNorm() / cost.FrobeniusNorm();
            if (!double.IsFinite(change))
                break;
            if (change < 1e-14)
                return cost;
        }
        throw new InvalidOperationException(
            $"The Riccati equation of {a.RowCount} states did not converge in {MaximumDoublings} doublings: " +
            "is every unstable direction controllable, and every marginal one discounted?");
    }

    /// <summary>The gain K = (R + B'PB)^-1 B'PA of the optimal control u = -K x.</summary>
    public static Matrix<double> Gain(Matrix<double> a, Matrix<double> b, Matrix<double> r, Matrix<double> p)
    {
        var weighted = b.TransposeThisAndMultiply(p);
        return (r + (weighted * b)).Cholesky().Solve(weighted * a);
    }

    /// <summary>Relative Frobenius norm of what P misses the equation by.</summary>
    public static double Residual(Matrix<double> a, Matrix<double> b, Matrix<double> q, Matrix<double> r, Matrix<double> p)
    {
        var next = a.TransposeThisAndMultiply(p);
        var right = q + (next * a) - (next * b * Gain(a, b, r, p));
        return (right - p).FrobeniusNorm() / p.FrobeniusNorm();
    }

    private static Matrix<double> Symmetrise(Matrix<double> matrix) => (matrix + matrix.Transpose()) * 0.5;
}
