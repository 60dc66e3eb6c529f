using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tasks.Control;

/// <summary>The plant <c>s' = A s + B a + w</c>, <c>w ~ N(0, W)</c>, with stage cost <c>s^T Q s + a^T R a</c>.</summary>
/// <param name="A">How the state goes on, <c>[states, states]</c>.</param>
/// <param name="B">What actions do, <c>[states, actions]</c>.</param>
/// <param name="W">Covariance of the disturbance, <c>[states, states]</c>.</param>
/// <param name="Q">Cost of states, <c>[states, states]</c>, positive semidefinite.</param>
/// <param name="R">Cost of actions, <c>[actions, actions]</c>, positive definite.</param>
internal sealed record LinearSystem(Matrix<double> A, Matrix<double> B, Matrix<double> W, Matrix<double> Q, Matrix<double> R)
{
    public int States => A.RowCount;

    public int Actions => B.ColumnCount;

    /// <summary>A normal A scaled to a spectral radius, a normal B with columns of unit expected length, and W, Q, R identities.</summary>
    public static LinearSystem Draw(int states, int actions, double spectralRadius, Philox generator)
    {
        var a = RandomMatrix.Normal(states, states, 1, generator.Split("A"));
        var b = RandomMatrix.Normal(states, actions, 1 / Math.Sqrt(states), generator.Split("B"));
        var identity = Matrix<double>.Build.DenseIdentity(states);
        return new LinearSystem(
            a * (spectralRadius / SpectralRadius(a)), b, identity, identity, Matrix<double>.Build.DenseIdentity(actions));
    }

    /// <summary>A + B K.</summary>
    public Matrix<double> ClosedLoop(Matrix<double> gain) => A + (B * gain);

    /// <summary>The largest modulus of an eigenvalue.</summary>
    public static double SpectralRadius(Matrix<double> matrix) => matrix.Evd().EigenValues.Max(value => value.Magnitude);
}
