using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Memory;

namespace Kappa.LinearAlgebra.Arithmetic;

/// <summary>Arithmetic of blocks of long vectors, <c>[K, N]</c> by rows; small results in double.</summary>
internal static class BlockArithmetic
{
    /// <summary>a b^T: every inner product of a row of a with one of b.</summary>
    internal static double[,] Gram(Tensor a, Tensor b)
    {
        using var product = a.New([a.Shape[0], b.Shape[0]]);
        product.Backend.MatMul(false, true, a, b, product, accumulate: false);
        return ToMatrix(product);
    }

    /// <summary>target -= coefficients block: rows of the target lose combinations of rows of the block.</summary>
    internal static void SubtractCombination(double[,] coefficients, Tensor block, Tensor target)
    {
        using var negative = FromMatrix(coefficients, -1, target);
        target.Backend.MatMul(false, false, negative, block, target, accumulate: true);
    }

    /// <summary>coefficients block: combinations of rows, a new tensor.</summary>
    internal static Tensor Combine(double[,] coefficients, Tensor block)
    {
        var result = block.New([coefficients.GetLength(0), block.Shape[1]]);
        using var factors = FromMatrix(coefficients, 1, block);
        result.Backend.MatMul(false, false, factors, block, result, accumulate: false);
        return result;
    }

    /// <summary>The length of all elements together, of any size that the type holds.</summary>
    internal static double Norm(Tensor x) => x.Backend.Norm(x);

    internal static double SquaredNorm(Tensor x)
    {
        double norm = Norm(x);
        return norm * norm;
    }

    /// <summary>The length of a - b.</summary>
    internal static double Distance(Tensor a, Tensor b)
    {
        using var difference = a.Clone();
        AddScaled(b, -1, difference);
        return Norm(difference);
    }

    /// <summary>The power of two of the largest magnitude; 0 of zeros, and where an element is not finite.</summary>
    internal static int ExponentOf(Tensor x)
    {
        double largest = x.Backend.LargestMagnitude(x);
        return largest > 0 && double.IsFinite(largest) ? Math.ILogB(largest) : 0;
    }

    /// <summary>The inner product of two tensors of one shape, in double precision.</summary>
    internal static double Dot(Tensor a, Tensor b) => a.Backend.Dot(a, b);

    /// <summary>y += factor x.</summary>
    internal static void AddScaled(Tensor x, double factor, Tensor y) => y.Backend.AddScaled(x, factor, y);

    /// <summary>x = factor x, also for a factor that the type does not hold.</summary>
    internal static void Scale(Tensor x, double factor)
    {
        int exponent = factor != 0 && double.IsFinite(factor) ? Math.ILogB(factor) : 0;
        if (Math.Abs(exponent) <= MostShift(x.DataType))
        {
            x.Backend.Affine(x, factor, 0, x);
            return;
        }

        ScaleByPower(x, exponent);
        x.Backend.Affine(x, Math.ScaleB(factor, -exponent), 0, x);
    }

    /// <summary>x = 2^exponent x, exactly where the result is not subnormal; in steps, because the power itself may be out of range.</summary>
    internal static void ScaleByPower(Tensor x, int exponent)
    {
        for (int left = exponent; left != 0;)
        {
            int step = Math.Clamp(left, -MostShift(x.DataType), MostShift(x.DataType));
            x.Backend.Affine(x, Math.ScaleB(1, step), 0, x);
            left -= step;
        }
    }

    /// <summary>How many vectors of a length one tensor holds.</summary>
    internal static int MostRows(int dimension, DataType type) => (int)Math.Max(1, HostStorage.MaximumBytes / ((long)dimension * type.SizeOf()));

    private static int MostShift(DataType type) => type == DataType.Float32 ? 120 : 1000;

    /// <summary>sum += part, for small matrices.</summary>
    internal static void Add(double[,] part, double[,] sum)
    {
        for (int i = 0; i < part.GetLength(0); i++)
        {
            for (int j = 0; j < part.GetLength(1); j++)
                sum[i, j] += part[i, j];
        }
    }

    internal static double[,] ToMatrix(Tensor small)
    {
        double[,] result = new double[small.Shape[0], small.Shape[1]];
        var host = small.OnHost();
        for (int i = 0; i < host.Count; i++)
            result[i / small.Shape[1], i % small.Shape[1]] = host.ElementAsDouble(i);
        if (host != small)
            host.Dispose();
        return result;
    }

    /// <summary>factor times a matrix, in the type and on the device of a tensor.</summary>
    internal static Tensor FromMatrix(double[,] matrix, double factor, Tensor like)
    {
        var result = like.New([matrix.GetLength(0), matrix.GetLength(1)]);
        using var edit = HostEdit.Over(result);
        int i = 0;
        foreach (double value in matrix)
        {
            if (like.DataType == DataType.Float32)
                edit.Values<float>()[i++] = (float)(factor * value);
            else
                edit.Values<double>()[i++] = factor * value;
        }

        return result;
    }
}
