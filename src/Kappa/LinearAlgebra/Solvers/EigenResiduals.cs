using Kappa.LinearAlgebra.Arithmetic;
using Kappa.LinearAlgebra.Operators;
using Kappa.Tensors;

namespace Kappa.LinearAlgebra.Solvers;

/// <summary>Measures residuals of given pairs.</summary>
public static class EigenResiduals
{
    /// <summary>|A u - lambda u| for each pair, from one product with all vectors.</summary>
    /// <param name="matrix">The operator.</param>
    /// <param name="vectors">Rows, <c>[K, N]</c>.</param>
    /// <param name="values">lambda for each, <c>[K]</c>.</param>
    public static double[] Measure(SymmetricOperator matrix, Tensor vectors, IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(values);
        using var scope = TensorScope.Begin();
        var products = matrix.MatMat(vectors);
        double[] result = new double[values.Count];
        for (int i = 0; i < result.Length; i++)
        {
            var residual = products.Range(i, 1);
            BlockArithmetic.AddScaled(vectors.Range(i, 1), -values[i], residual);
            result[i] = BlockArithmetic.Norm(residual);
        }

        return result;
    }
}
