using Kappa.LinearAlgebra.Arithmetic;
using Kappa.Tensors;

namespace Kappa.Isometry;

/// <summary>How far a weight is from an isometry, and the gradient of that, in closed form.</summary>
/// <remarks>
/// <code>
/// R(W)  = | W^T W - s I |_F^2  if out >= in,   | W W^T - s I |_F^2  otherwise
/// dR/dW = 4 W (W^T W - s I),                   4 (W W^T - s I) W
/// </code>
/// <para>W is <c>[out, in]</c>; a weight with more axes, such as a convolution's, counts as <c>[out, rest]</c>. With the smaller side n and the larger m: n^2 m
/// flops for the Gram matrix, of which one triangle is computed, and 2 n^2 m for the product. Source: Rosseau, Mueller and Nowe (2026), "Preserving Plasticity
/// in Continual Learning via Dynamical Isometry", arXiv 2606.09762.</para>
/// </remarks>
public static class GramPenalty
{
    /// <summary>R(W).</summary>
    /// <param name="weight"><c>[out, in, ...]</c>, floating.</param>
    /// <param name="options">Target and conventions; null for the defaults. The strength does not enter.</param>
    /// <exception cref="TensorShapeException">The weight has fewer than two axes.</exception>
    public static double Value(Tensor weight, IsometryOptions? options = null)
    {
        using var scope = TensorScope.Begin();
        var (matrix, settings) = Check(weight, options);
        var (rows, columns) = (matrix.Shape[0], matrix.Shape[1]);
        double scale = ScaleOf(matrix);
        var gram = GramMatrix.Of(Scaled(matrix, scale));
        GramMatrix.SubtractFromDiagonal(gram, settings.TargetOf(rows, columns) * scale * scale);
        return settings.FactorOf(rows, columns) / 4 * Math.Pow(gram.Backend.Norm(gram) / scale / scale, 2);
    }

    /// <summary>dR/dW.</summary>
    /// <param name="weight"><c>[out, in, ...]</c>, floating.</param>
    /// <param name="options">Target and conventions; null for the defaults. The strength does not enter.</param>
    /// <returns>Of the weight's shape.</returns>
    /// <exception cref="TensorShapeException">The weight has fewer than two axes.</exception>
    public static Tensor Gradient(Tensor weight, IsometryOptions? options = null)
    {
        var (matrix, settings) = Check(weight, options);
        var (rows, columns) = (matrix.Shape[0], matrix.Shape[1]);
        var result = weight.New(weight.Shape);
        using var scope = TensorScope.Begin();
        double scale = ScaleOf(matrix);
        var scaled = Scaled(matrix, scale);
        var gram = GramMatrix.Of(scaled);
        GramMatrix.SubtractFromDiagonal(gram, settings.TargetOf(rows, columns) * scale * scale);
        GramMatrix.Multiply(scaled, gram, result.Alias(matrix.Shape), accumulate: false);
        result.Backend.Affine(result, settings.FactorOf(rows, columns) / (scale * scale * scale), 0, result);
        return result;
    }

    /// <summary>The power of two that brings elements below 2 where third powers of them would overflow; 1 elsewhere.</summary>
    internal static double ScaleOf(Tensor matrix)
    {
        double largest = matrix.Backend.LargestMagnitude(matrix);
        return largest > (matrix.DataType == DataType.Float32 ? 1e6 : 1e60) && double.IsFinite(largest) ? Math.ScaleB(1, -Math.ILogB(largest)) : 1;
    }

    /// <summary>A weight times a scale: itself where that is 1.</summary>
    internal static Tensor Scaled(Tensor matrix, double scale)
    {
        if (scale == 1)
            return matrix;
        var scaled = matrix.New(matrix.Shape);
        scaled.Backend.Affine(matrix, scale, 0, scaled);
        return scaled;
    }

    private static (Tensor Matrix, IsometryOptions Options) Check(Tensor weight, IsometryOptions? options)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (weight.Rank < 2 || !weight.DataType.IsFloating())
        {
            throw new TensorShapeException(
                $"GramPenalty: expected a floating weight with 2 axes or more, [out, in, ...]; got {weight.Shape} {weight.DataType}");
        }

        var settings = options ?? new IsometryOptions();
        settings.Validate();
        return (GramMatrix.AsMatrix(weight), settings);
    }
}
