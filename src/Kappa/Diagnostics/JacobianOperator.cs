using Kappa.LinearAlgebra.Operators;
using Kappa.Tensors;

namespace Kappa.Diagnostics;

/// <summary>The Jacobian of a recorded function in its one input, as a matrix of its outputs by its inputs.</summary>
internal sealed class JacobianOperator(RecordedFunction function, Tensor input)
    : LinearOperator(function.Value.Count, input.Count, input.DataType, input.Device)
{
    /// <inheritdoc/>
    protected override Tensor ApplyCore(Tensor vectors)
    {
        int count = vectors.Shape[0];
        return Flat(function.Jvp([vectors.Reshape(input.Shape.Prepend(count))]), count);
    }

    /// <inheritdoc/>
    protected override Tensor ApplyAdjointCore(Tensor vectors)
    {
        int count = vectors.Shape[0];
        return Flat(function.Vjp(vectors.Reshape(function.Value.Shape.Prepend(count)))[0], count);
    }

    private static Tensor Flat(Tensor products, int count) => products.Reshape([count, products.Count / count]);
}
