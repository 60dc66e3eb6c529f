using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors.Devices;

/// <summary>Several matrices factored at once, against L L^T = A in double precision.</summary>
internal static class BatchedFactors
{
    // The fourth has a bad pivot.
    private static readonly int[] Sizes = [5, 3, 5, 5, 0, 1, 40, 3];

    private const int Bad = 3;
    private const int BadPivot = 2;

    internal static void Require(Device device, DataType type, double tolerance)
    {
        var matrices = Draw(type);
        Tensor[] factors = [.. matrices.Select(matrix => matrix.To(device))];
        int[] expected = [.. Sizes.Select((_, i) => i == Bad ? BadPivot : -1)];
        Assert.Equal(expected, device.Backend.CholeskyFactors(factors));
        foreach (var (i, factor) in factors.Index().Where(entry => entry.Index != Bad))
        {
            double[] lower = Numbers(factor), matrix = Numbers(matrices[i]);
            int n = Sizes[i];
            for (int row = 0; row < n; row++)
            {
                for (int column = 0; column <= row; column++)
                {
                    double product = Enumerable.Range(0, column + 1).Sum(k => lower[(row * n) + k] * lower[(column * n) + k]);
                    Assert.Equal(matrix[(row * n) + column], product, tolerance);
                }
            }
        }
    }

    /// <summary>Symmetric and positive definite but for one.</summary>
    internal static Tensor[] Draw(DataType type) => [.. Sizes.Select((n, i) =>
    {
        var root = Tensor.Normal([n, n + 1], new Philox((ulong)i), type: DataType.Float64);
        var matrix = root.MatMul(root, transposeB: true);
        matrix.Backend.AddToDiagonal(matrix, 1);
        if (i == Bad)
            matrix.SetElement((BadPivot * n) + BadPivot, -1);
        return matrix.To(type);
    })];

    private static double[] Numbers(Tensor tensor) => tensor.To(DataType.Float64).ToArray<double>();
}
