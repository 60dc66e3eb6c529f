using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tasks.Control;

/// <summary>The policy to imitate, <c>a = K* s</c> with <c>K* = F* G*</c> of a given rank.</summary>
/// <remarks>F* is the span of the leading left singular vectors of the unrestricted LQR gain, orthonormal; G* is the LQR gain of the same plant with actions
/// restricted to that span, <c>(A, B F*)</c> with cost <c>F*^T R F*</c>. So K* is the optimal policy among those that act within the span, and the Riccati
/// solution guarantees a stable closed loop, which cutting the singular values of a full gain would not.</remarks>
internal static class Demonstrator
{
    private const double SmallestSingularShare = 1e-8;

    /// <summary>The gain K*, <c>[actions, states]</c>.</summary>
    /// <exception cref="ConfigException">No such policy stabilises this plant, or its rank is lower.</exception>
    public static Matrix<double> Solve(LinearSystem system, int rank)
    {
        var full = SolveRestricted(system, Matrix<double>.Build.DenseIdentity(system.Actions), rank);
        var gain = full;
        if (rank < Math.Min(system.States, system.Actions))
        {
            var span = full.Svd().U.SubMatrix(0, system.Actions, 0, rank);
            gain = span * SolveRestricted(system, span, rank);
        }

        double radius = LinearSystem.SpectralRadius(system.ClosedLoop(gain));
        if (!(radius < 1))
            throw Failure(rank, $"leaves the closed loop with spectral radius {radius:G6}");
        var singularValues = gain.Svd().S;
        if (singularValues[rank - 1] <= SmallestSingularShare * singularValues[0])
            throw Failure(rank, $"has a smaller rank: singular value {rank} is {singularValues[rank - 1]:G3}, the first {singularValues[0]:G3}");
        return gain;
    }

    private static Matrix<double> SolveRestricted(LinearSystem system, Matrix<double> span, int rank)
    {
        var b = system.B * span;
        var r = span.TransposeThisAndMultiply(system.R * span);
        var p = Riccati.Solve(system.A, b, system.Q, r) ?? throw Failure(rank, "does not exist: the Riccati equation has no stabilising solution");
        return -Riccati.Gain(system.A, b, r, p);
    }

    private static ConfigException Failure(int rank, string what) => new(
        $"task: the demonstrator of rank {rank} for this plant {what}. Take another systemSeed, a larger rank or more actions, or a smaller spectralRadius");
}
