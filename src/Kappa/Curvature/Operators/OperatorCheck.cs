using Kappa.Curvature.Arithmetic;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Curvature;

/// <summary>Whether a product is that of one fixed symmetric matrix, tried on two random vectors.</summary>
internal static class OperatorCheck
{
    /// <summary>How far u.Av and v.Au may be apart, over |u| |Av|.</summary>
    private static double SymmetryTolerance(DataType type) => type == DataType.Float32 ? 1e-3 : 1e-8;

    private static double RepeatTolerance(DataType type) => type == DataType.Float32 ? 1e-5 : 1e-12;

    internal static void Run(string name, int dimension, DataType type, Func<Tensor, Tensor> product)
    {
        using var scope = TensorScope.Begin();
        var vectors = Tensor.Normal([2, dimension], new Philox(0).Split("operator check"), type: type);
        var once = product(vectors);
        if (once.Shape != vectors.Shape || once.DataType != type)
            throw new TensorShapeException($"{name}: the product with vectors {vectors.Shape} {type} must have their shape; got {once.Shape} {once.DataType}");
        var again = product(vectors);
        double size = Math.Sqrt(BlockArithmetic.SquaredNorm(once));
        double change = Math.Sqrt(BlockArithmetic.SquaredDistance(once, again));
        if (!(change <= RepeatTolerance(type) * size) && !double.IsNaN(size))
            throw new InvalidOperatorException($"{name}: two products with the same vectors differ by {change / size:G2} of their size. An operator must be one fixed matrix: call model.Eval() so that dropout and batch statistics are off, and read the same data each time");
        double[,] cross = BlockArithmetic.Gram(vectors, once);
        double scale = Math.Sqrt(BlockArithmetic.SquaredNorm(vectors)) * size;
        double gap = Math.Abs(cross[0, 1] - cross[1, 0]);
        if (gap > SymmetryTolerance(type) * scale)
            throw new InvalidOperatorException($"{name}: not symmetric: u.Av = {cross[0, 1]:G6} and v.Au = {cross[1, 0]:G6} for two random vectors. Eigenvalues and traces here are those of symmetric matrices; use A + A^T or A^T A");
    }
}
