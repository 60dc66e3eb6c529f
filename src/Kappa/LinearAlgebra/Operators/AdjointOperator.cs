using Kappa.Tensors;

namespace Kappa.LinearAlgebra.Operators;

/// <summary>The transpose of an operator.</summary>
internal sealed class AdjointOperator(LinearOperator matrix) : LinearOperator(matrix.Columns, matrix.Rows, matrix.DataType, matrix.Device)
{
    /// <inheritdoc/>
    public override LinearOperator Adjoint => matrix;

    /// <inheritdoc/>
    protected override Tensor ApplyCore(Tensor vectors) => matrix.AdjointMatMat(vectors);

    /// <inheritdoc/>
    protected override Tensor ApplyAdjointCore(Tensor vectors) => matrix.MatMat(vectors);
}
