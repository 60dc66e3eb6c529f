using Kappa.Tensors;

namespace Kappa.LinearAlgebra.Operators;

/// <summary>A matrix given by a function that multiplies. Two products are made to check that it is one fixed symmetric matrix.</summary>
public sealed class DelegateOperator : SymmetricOperator
{
    private readonly Func<Tensor, Tensor> _product;

    /// <summary>Makes the operator and checks it.</summary>
    /// <param name="dimension">N.</param>
    /// <param name="type">The floating type of the vectors.</param>
    /// <param name="product">From <c>[K, N]</c>, whose rows are vectors, to A v for each, <c>[K, N]</c>; a new tensor.</param>
    /// <param name="device">Where the vectors are; null for the host.</param>
    /// <exception cref="InvalidOperatorException">Two products with the same vectors differ, or the matrix is not symmetric.</exception>
    public DelegateOperator(int dimension, DataType type, Func<Tensor, Tensor> product, Device? device = null)
        : base(dimension, type, device)
    {
        ArgumentNullException.ThrowIfNull(product);
        _product = product;
        OperatorCheck.Run(nameof(DelegateOperator), dimension, type, Device, product);
    }

    /// <inheritdoc/>
    protected override Tensor ApplyCore(Tensor vectors) => _product(vectors);
}
