using System.Numerics.Tensors;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using Tensor = Kappa.Tensors.Tensor;

namespace Kappa.LinearAlgebra.Arithmetic;

/// <summary>The smaller of W^T W and W W^T, and what is done with it.</summary>
internal static class GramMatrix
{
    /// <summary>A weight as a matrix that shares its memory.</summary>
    internal static Tensor AsMatrix(Tensor weight)
    {
        int rows = weight.Shape[0];
        return weight.Alias(new Shape(rows, rows == 0 ? 0 : weight.Count / rows));
    }

    /// <summary>W^T W or W W^T, whichever is smaller.</summary>
    internal static Tensor Of(Tensor matrix)
    {
        bool isTall = matrix.Shape[0] >= matrix.Shape[1];
        int size = Math.Min(matrix.Shape[0], matrix.Shape[1]);
        var gram = matrix.New(new Shape(size, size));
        gram.Backend.SymmetricRankUpdate(isTall, matrix, gram, 1, accumulate: false);
        return gram;
    }

    /// <summary>result = W S or S W for a symmetric S of the size of the Gram matrix.</summary>
    internal static void Multiply(Tensor matrix, Tensor symmetric, Tensor result, bool accumulate)
    {
        if (matrix.Shape[0] >= matrix.Shape[1])
            result.Backend.MatMul(false, false, matrix, symmetric, result, accumulate);
        else
            result.Backend.MatMul(false, false, symmetric, matrix, result, accumulate);
    }

    internal static void SubtractFromDiagonal(Tensor square, double value)
    {
        if (!square.Device.IsHost)
        {
            square.Backend.AddToDiagonal(square, -value);
            return;
        }

        // The difference is rounded once.
        int size = square.Shape[0];
        for (int i = 0; i < size; i++)
            square.SetElement(i * (size + 1), square.ElementAsDouble(i * (size + 1)) - value);
    }

    /// <summary>The sum of the diagonal of a Gram matrix, which bounds its largest eigenvalue.</summary>
    internal static double Trace(Tensor square) => square.Backend.Trace(square);

    /// <summary>The largest sum of magnitudes of a row, which bounds the magnitude of every eigenvalue.</summary>
    internal static double LargestRowSum(Tensor square)
    {
        if (!square.Device.IsHost)
        {
            using var _ = Composed.Begin();
            var sums = square.Abs().Sum(1);
            return sums.Backend.LargestMagnitude(sums);
        }

        int size = square.Shape[0];
        double largest = 0;
        for (int i = 0; i < size; i++)
        {
            double sum = square.DataType == DataType.Float32
                ? TensorPrimitives.SumOfMagnitudes<float>(square.ReadOnlyValues<float>().Slice(i * size, size))
                : TensorPrimitives.SumOfMagnitudes<double>(square.ReadOnlyValues<double>().Slice(i * size, size));
            largest = Math.Max(largest, sum);
        }

        return largest;
    }
}
