using System.Numerics.Tensors;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using Tensor = Kappa.Tensors.Tensor;

namespace Kappa.Curvature.Arithmetic;

/// <summary>Arithmetic of blocks of long vectors, <c>[K, N]</c> by rows; small results in double.</summary>
internal static class BlockArithmetic
{
    /// <summary>a b^T: every inner product of a row of a with one of b.</summary>
    internal static double[,] Gram(Tensor a, Tensor b)
    {
        using var product = Tensor.Uninitialized([a.Shape[0], b.Shape[0]], a.DataType);
        Backend.Current.MatMul(false, true, a, b, product, accumulate: false);
        return ToMatrix(product);
    }

    /// <summary>target -= coefficients block: rows of the target lose combinations of rows of the block.</summary>
    internal static void SubtractCombination(double[,] coefficients, Tensor block, Tensor target)
    {
        using var negative = FromMatrix(coefficients, -1, target.DataType);
        Backend.Current.MatMul(false, false, negative, block, target, accumulate: true);
    }

    /// <summary>coefficients block: combinations of rows, a new tensor.</summary>
    internal static Tensor Combine(double[,] coefficients, Tensor block)
    {
        var result = Tensor.Uninitialized([coefficients.GetLength(0), block.Shape[1]], block.DataType);
        using var factors = FromMatrix(coefficients, 1, block.DataType);
        Backend.Current.MatMul(false, false, factors, block, result, accumulate: false);
        return result;
    }

    internal static double SquaredNorm(Tensor x) => Backend.Current.SumOfSquares(x);

    internal static double SquaredDistance(Tensor a, Tensor b) => Backend.Current.SumOfSquaredDifferences(a, b);

    /// <summary>The inner product of two tensors of one shape, in double precision.</summary>
    internal static double Dot(Tensor a, Tensor b) => Backend.Current.Dot(a, b);

    /// <summary>y += factor x.</summary>
    internal static void AddScaled(Tensor x, double factor, Tensor y)
    {
        if (x.DataType == DataType.Float32)
            TensorPrimitives.MultiplyAdd<float>(x.Values<float>(), (float)factor, y.Values<float>(), y.Values<float>());
        else
            TensorPrimitives.MultiplyAdd<double>(x.Values<double>(), factor, y.Values<double>(), y.Values<double>());
    }

    internal static void Scale(Tensor x, double factor) => Backend.Current.Affine(x, factor, 0, x);

    internal static double[,] ToMatrix(Tensor small)
    {
        double[,] result = new double[small.Shape[0], small.Shape[1]];
        for (int i = 0; i < small.Count; i++)
            result[i / small.Shape[1], i % small.Shape[1]] = small.ElementAsDouble(i);
        return result;
    }

    internal static Tensor FromMatrix(double[,] matrix, double factor, DataType type)
    {
        var result = Tensor.Uninitialized([matrix.GetLength(0), matrix.GetLength(1)], type);
        int i = 0;
        foreach (double value in matrix)
        {
            if (type == DataType.Float32)
                result.Values<float>()[i++] = (float)(factor * value);
            else
                result.Values<double>()[i++] = factor * value;
        }

        return result;
    }
}
