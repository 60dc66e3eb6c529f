using Kappa.Tensors;

namespace Kappa.LinearAlgebra.Operators;

/// <summary>A matrix A [M, N] that is known only by its products with vectors, and by those of its transpose.</summary>
/// <remarks>
/// Vectors are rows: K of them are a tensor <c>[K, N]</c>, and one pass multiplies them all, which is cheaper than K passes. Every operator is one fixed matrix
/// for life. Use one on one thread at a time. Symmetric ones are <see cref="SymmetricOperator"/>.
/// </remarks>
public abstract class LinearOperator
{
    /// <summary>Makes the operator.</summary>
    /// <param name="rows">M, 1 or more.</param>
    /// <param name="columns">N, 1 or more.</param>
    /// <param name="type">The floating type of the vectors.</param>
    /// <param name="device">Where the vectors are; null for the host.</param>
    protected LinearOperator(int rows, int columns, DataType type, Device? device = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (type is not (DataType.Float32 or DataType.Float64))
            throw new ArgumentException($"an operator takes Float32 or Float64 vectors; got {type}", nameof(type));
        (Rows, Columns, DataType, Device) = (rows, columns, type, device ?? Device.Cpu);
    }

    /// <summary>M: the length of a product.</summary>
    public int Rows { get; }

    /// <summary>N: the length of a vector.</summary>
    public int Columns { get; }

    /// <summary>The type of the vectors.</summary>
    public DataType DataType { get; }

    /// <summary>Where the vectors are.</summary>
    public Device Device { get; }

    /// <summary>How many vectors were multiplied so far, by the matrix or its transpose.</summary>
    public long ProductCount { get; private set; }

    /// <summary>In how many calls.</summary>
    public long PassCount { get; private set; }

    /// <summary>The transpose, whose products are counted here as well.</summary>
    public virtual LinearOperator Adjoint => new AdjointOperator(this);

    /// <summary>What an error says a product that is NaN or infinite may come from.</summary>
    private protected virtual string CauseOfNonFinite => "Check the weights and the inputs";

    /// <summary>The product with K vectors.</summary>
    /// <param name="vectors"><c>[K, N]</c>, K rows; not changed.</param>
    /// <returns>A v for each row, <c>[K, M]</c>.</returns>
    /// <exception cref="TensorShapeException">The shape or the type is another.</exception>
    /// <exception cref="NonFiniteException">A product is NaN or infinite.</exception>
    public Tensor MatMat(Tensor vectors) => Multiply(vectors, Columns, Rows, ApplyCore);

    /// <summary>The product of the transpose with K vectors.</summary>
    /// <param name="vectors"><c>[K, M]</c>, K rows; not changed.</param>
    /// <returns>A^T u for each row, <c>[K, N]</c>.</returns>
    /// <exception cref="TensorShapeException">The shape or the type is another.</exception>
    /// <exception cref="NonFiniteException">A product is NaN or infinite.</exception>
    public Tensor AdjointMatMat(Tensor vectors) => Multiply(vectors, Rows, Columns, ApplyAdjointCore);

    /// <summary>The product with one vector.</summary>
    /// <param name="vector"><c>[N]</c>.</param>
    /// <returns>A v, <c>[M]</c>.</returns>
    /// <exception cref="TensorShapeException">The shape or the type is another.</exception>
    public Tensor MatVec(Tensor vector)
    {
        ArgumentNullException.ThrowIfNull(vector);
        if (vector.Rank != 1 || vector.Shape[0] != Columns || vector.DataType != DataType)
            throw new TensorShapeException($"{GetType().Name}: expected a vector [{Columns}] {DataType}; got {vector.Shape} {vector.DataType}");
        using var row = vector.Alias([1, Columns]);
        using var product = MatMat(row);
        return product.Alias([Rows]);
    }

    /// <summary>The product: what authors of operators write.</summary>
    /// <param name="vectors"><c>[K, N]</c>, not to be changed.</param>
    /// <returns>A new tensor <c>[K, M]</c>.</returns>
    protected abstract Tensor ApplyCore(Tensor vectors);

    /// <summary>The product of the transpose.</summary>
    /// <param name="vectors"><c>[K, M]</c>, not to be changed.</param>
    /// <returns>A new tensor <c>[K, N]</c>.</returns>
    protected abstract Tensor ApplyAdjointCore(Tensor vectors);

    private Tensor Multiply(Tensor vectors, int from, int to, Func<Tensor, Tensor> apply)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        if (vectors.Rank != 2 || vectors.Shape[1] != from || vectors.Shape[0] == 0 || vectors.DataType != DataType)
            throw new TensorShapeException($"{GetType().Name}: expected vectors [K, {from}] {DataType}; got {vectors.Shape} {vectors.DataType}");
        using var quiet = NoGradient.Begin();
        var result = apply(vectors);
        if (result.Rank != 2 || result.Shape[0] != vectors.Shape[0] || result.Shape[1] != to || result.DataType != DataType)
        {
            throw new TensorShapeException(
                $"{GetType().Name}: the product must be [{vectors.Shape[0]}, {to}] {DataType}; got {result.Shape} {result.DataType}");
        }

        ProductCount += vectors.Shape[0];
        PassCount++;
        // The sum may overflow though no element does.
        if (!double.IsFinite(result.Backend.SumOfSquares(result)) && result.FirstNonFinite() is >= 0 and var index)
        {
            throw new NonFiniteException(
                $"{GetType().Name}: the product with vector {index / to} is {result.ElementAsDouble(index)} at element {index % to}. {CauseOfNonFinite}");
        }

        return result;
    }
}
