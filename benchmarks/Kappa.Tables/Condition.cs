using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Tables;

/// <summary>How ill-conditioned inputs are.</summary>
internal static class Condition
{
    /// <summary>The largest over the smallest eigenvalue of the covariance.</summary>
    /// <param name="inputs"><c>[rows, features]</c>, with mean 0 in every column.</param>
    internal static double OfCovariance(Tensor inputs)
    {
        int width = inputs.Shape[1];
        float[] values = inputs.ToArray<float>();
        var matrix = Matrix<double>.Build.Dense(inputs.Shape[0], width, (row, column) => values[(row * width) + column]);
        var eigenvalues = matrix.TransposeThisAndMultiply(matrix).Evd(Symmetricity.Symmetric).EigenValues;
        return eigenvalues[width - 1].Real / eigenvalues[0].Real;
    }
}
