using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.LinearAlgebra.Operators;

/// <summary>A symmetric matrix [N, N] that is known by its products with vectors only.</summary>
/// <remarks>
/// Vectors are rows: K of them are a tensor <c>[K, N]</c>, and one pass multiplies them all, which is cheaper than K passes. Every operator here is one fixed matrix for life; those made of a model
/// or of a delegate are checked when they are made. Use one on one thread at a time.
/// </remarks>
public abstract class LinearOperator
{
    /// <summary>Makes the operator.</summary>
    /// <param name="dimension">N, 1 or more.</param>
    /// <param name="type">The floating type of the vectors.</param>
    protected LinearOperator(int dimension, DataType type)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        if (type is not (DataType.Float32 or DataType.Float64))
            throw new ArgumentException($"an operator takes Float32 or Float64 vectors; got {type}", nameof(type));
        (Dimension, DataType) = (dimension, type);
    }

    /// <summary>N: the length of a vector.</summary>
    public int Dimension { get; }

    /// <summary>The type of the vectors.</summary>
    public DataType DataType { get; }

    /// <summary>How many vectors were multiplied so far.</summary>
    public long ProductCount { get; private set; }

    /// <summary>In how many calls.</summary>
    public long PassCount { get; private set; }

    /// <summary>The product with K vectors.</summary>
    /// <param name="vectors"><c>[K, N]</c>, K rows; not changed.</param>
    /// <returns>A v for each row, <c>[K, N]</c>.</returns>
    /// <exception cref="TensorShapeException">The shape or the type is another.</exception>
    /// <exception cref="NonFiniteException">A product is NaN or infinite.</exception>
    public Tensor MatMat(Tensor vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        if (vectors.Rank != 2 || vectors.Shape[1] != Dimension || vectors.Shape[0] == 0 || vectors.DataType != DataType)
            throw new TensorShapeException($"{GetType().Name}: expected vectors [K, {Dimension}] {DataType}; got {vectors.Shape} {vectors.DataType}");
        using var quiet = NoGradient.Begin();
        var result = ApplyCore(vectors);
        if (result.Shape != vectors.Shape || result.DataType != DataType)
            throw new TensorShapeException($"{GetType().Name}: the product must be {vectors.Shape} {DataType}; got {result.Shape} {result.DataType}");
        ProductCount += vectors.Shape[0];
        PassCount++;
        // The sum may overflow though no element does.
        if (!double.IsFinite(Backend.Current.SumOfSquares(result)) && result.FirstNonFinite() is >= 0 and var index)
        {
            throw new NonFiniteException(
                $"{GetType().Name}: the product with vector {index / Dimension} is {result.ElementAsDouble(index)} at element {index % Dimension}. The loss is not twice differentiable there, or it overflows");
        }

        return result;
    }

    /// <summary>The product with one vector.</summary>
    /// <param name="vector"><c>[N]</c>.</param>
    /// <returns>A v, <c>[N]</c>.</returns>
    /// <exception cref="TensorShapeException">The shape or the type is another.</exception>
    public Tensor MatVec(Tensor vector)
    {
        ArgumentNullException.ThrowIfNull(vector);
        if (vector.Rank != 1 || vector.Shape[0] != Dimension || vector.DataType != DataType)
            throw new TensorShapeException($"{GetType().Name}: expected a vector [{Dimension}] {DataType}; got {vector.Shape} {vector.DataType}");
        using var row = vector.Alias([1, Dimension]);
        using var product = MatMat(row);
        return product.Alias([Dimension]);
    }

    /// <summary>The product: what authors of operators write.</summary>
    /// <param name="vectors"><c>[K, N]</c>, not to be changed.</param>
    /// <returns>A new tensor <c>[K, N]</c>.</returns>
    protected abstract Tensor ApplyCore(Tensor vectors);
}
