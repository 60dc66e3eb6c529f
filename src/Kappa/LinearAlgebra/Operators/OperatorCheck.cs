using Kappa.LinearAlgebra.Arithmetic;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.LinearAlgebra.Operators;

/// <summary>Whether a product is that of one fixed symmetric matrix, tried on two random vectors.</summary>
internal static class OperatorCheck
{
    /// <summary>How far u.Av and v.Au may be apart, over |u| |Av|.</summary>
    private static double SymmetryTolerance(DataType type) => type == DataType.Float32 ? 1e-3 : 1e-8;

    private static double RepeatTolerance(DataType type) => type == DataType.Float32 ? 1e-5 : 1e-12;

    internal static void Run(string name, int dimension, DataType type, Device device, Func<Tensor, Tensor> product)
    {
        using var scope = TensorScope.Begin();
        var vectors = Tensor.Normal([2, dimension], new Philox(0).Split("operator check"), type: type, device: device);
        var once = product(vectors);
        if (once.Shape != vectors.Shape || once.DataType != type)
            throw new TensorShapeException($"{name}: the product with vectors {vectors.Shape} {type} must have their shape; got {once.Shape} {once.DataType}");
        var again = product(vectors);
        double size = BlockArithmetic.Norm(once), change = BlockArithmetic.Distance(once, again);
        if (!(change <= RepeatTolerance(type) * size) && !double.IsNaN(size))
        {
            throw new InvalidOperatorException(
                $"{name}: two products with the same vectors differ by {change / size:G2} of their size. An operator must be one fixed matrix: call "
                + "model.Eval() so that dropout and batch statistics are off, and read the same data each time");
        }

        // Inner products of a matrix far from 1 would leave the range of the type, or its normal numbers.
        int exponent = BlockArithmetic.ExponentOf(once);
        using var scaled = once.Clone();
        BlockArithmetic.ScaleByPower(scaled, -exponent);
        double[,] cross = BlockArithmetic.Gram(vectors, scaled);
        double scale = BlockArithmetic.Norm(vectors) * BlockArithmetic.Norm(scaled);
        double gap = Math.Abs(cross[0, 1] - cross[1, 0]);
        if (gap > SymmetryTolerance(type) * scale)
        {
            throw new InvalidOperatorException(
                $"{name}: not symmetric: u.Av = {Math.ScaleB(cross[0, 1], exponent):G6} and v.Au = {Math.ScaleB(cross[1, 0], exponent):G6} for two random "
                + "vectors. Eigenvalues and traces here are those of symmetric matrices; use A + A^T or A^T A");
        }
    }
}
