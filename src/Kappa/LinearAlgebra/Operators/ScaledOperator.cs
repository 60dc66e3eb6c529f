using Kappa.LinearAlgebra.Arithmetic;
using Kappa.Pieces;
using Kappa.Tensors;

namespace Kappa.LinearAlgebra.Operators;

/// <summary>A factor times an operator.</summary>
public sealed class ScaledOperator : SymmetricOperator
{
    private readonly SymmetricOperator _inner;

    /// <summary>Makes the operator.</summary>
    /// <param name="inner">What is scaled.</param>
    /// <param name="factor">A finite number.</param>
    public ScaledOperator(SymmetricOperator inner, double factor)
        : base((inner ?? throw new ArgumentNullException(nameof(inner))).Dimension, inner.DataType, inner.Device)
    {
        if (!double.IsFinite(factor))
            throw new ArgumentOutOfRangeException(nameof(factor), factor, "ScaledOperator takes a finite factor");
        (_inner, Factor) = (inner, factor);
    }

    /// <summary>The factor.</summary>
    public double Factor { get; }

    /// <inheritdoc/>
    public override IProcessGroup? Processes => _inner.Processes;

    /// <inheritdoc/>
    protected override Tensor ApplyCore(Tensor vectors)
    {
        var result = _inner.MatMat(vectors);
        BlockArithmetic.Scale(result, Factor);
        return result;
    }
}
