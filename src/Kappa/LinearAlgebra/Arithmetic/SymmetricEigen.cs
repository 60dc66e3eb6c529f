using MathNet.Numerics.LinearAlgebra;

namespace Kappa.LinearAlgebra.Arithmetic;

/// <summary>Eigenpairs of a small dense symmetric matrix, by MathNet.Numerics.</summary>
internal static class SymmetricEigen
{
    /// <summary>Values in ascending order, and vectors as columns.</summary>
    internal static (double[] Values, double[,] Vectors) Of(double[,] matrix, int size)
    {
        var dense = Matrix<double>.Build.Dense(size, size, (i, j) => 0.5 * (matrix[i, j] + matrix[j, i]));
        var evd = dense.Evd(Symmetricity.Symmetric);
        return (evd.EigenValues.Select(value => value.Real).ToArray(), evd.EigenVectors.ToArray());
    }
}
