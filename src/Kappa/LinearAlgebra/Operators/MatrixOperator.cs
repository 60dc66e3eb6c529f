using Kappa.Tensors;

namespace Kappa.LinearAlgebra.Operators;

/// <summary>A dense matrix as an operator.</summary>
public sealed class MatrixOperator : LinearOperator
{
    private readonly Tensor _matrix;

    /// <summary>Makes the operator.</summary>
    /// <param name="matrix">A, <c>[M, N]</c>, floating; not copied, and not to be changed.</param>
    /// <exception cref="TensorShapeException">It has not two axes, or an empty one.</exception>
    public MatrixOperator(Tensor matrix)
        : base(Side(matrix, 0), Side(matrix, 1), matrix.DataType, matrix.Device) => _matrix = matrix;

    /// <inheritdoc/>
    protected override Tensor ApplyCore(Tensor vectors) => vectors.MatMul(_matrix, transposeB: true);

    /// <inheritdoc/>
    protected override Tensor ApplyAdjointCore(Tensor vectors) => vectors.MatMul(_matrix);

    private static int Side(Tensor matrix, int axis)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return matrix.Rank == 2 && matrix.Count > 0
            ? matrix.Shape[axis]
            : throw new TensorShapeException($"MatrixOperator: expected a matrix [M, N] with elements; got {matrix.Shape}");
    }
}
