using Kappa.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Tests.LinearAlgebra;

/// <summary>Singular values by a dense decomposition, largest first.</summary>
internal static class SingularValues
{
    public static double[] Of(Tensor weight)
    {
        int rows = weight.Shape[0];
        double[] values = weight.Detach().To(DataType.Float64).ToArray<double>();
        var matrix = Matrix<double>.Build.Dense(rows, values.Length / rows, (i, j) => values[(i * (values.Length / rows)) + j]);
        return matrix.Svd(computeVectors: false).S.ToArray();
    }
}
