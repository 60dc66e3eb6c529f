using Kappa.Pieces;
using Kappa.Tensors;

namespace Kappa.LinearAlgebra.Operators;

/// <summary>A symmetric matrix [N, N] that is known only by its products with vectors: what has eigenvalues, traces and spectral densities here.</summary>
/// <remarks>Those made of a model or of a delegate are checked when they are made: two products with the same vectors are equal, and u.Av is v.Au.</remarks>
public abstract class SymmetricOperator : LinearOperator
{
    /// <summary>Makes the operator.</summary>
    /// <param name="dimension">N, 1 or more.</param>
    /// <param name="type">The floating type of the vectors.</param>
    /// <param name="device">Where the vectors are; null for the host.</param>
    protected SymmetricOperator(int dimension, DataType type, Device? device = null)
        : base(dimension, dimension, type, device)
    {
    }

    /// <summary>N: the length of a vector.</summary>
    public int Dimension => Columns;

    /// <summary>The processes that multiply the same vectors at the same time, all of them running the same solver; null, as it is unless overridden, where
    /// this one multiplies by itself. Solvers share what they keep among them.</summary>
    public virtual IProcessGroup? Processes => null;

    /// <summary>This operator.</summary>
    public sealed override LinearOperator Adjoint => this;

    private protected sealed override string CauseOfNonFinite => "The loss is not twice differentiable there, or it overflows";

    /// <inheritdoc/>
    protected sealed override Tensor ApplyAdjointCore(Tensor vectors) => ApplyCore(vectors);
}
