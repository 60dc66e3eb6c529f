using Kappa.LinearAlgebra.Operators;
using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Curvature.Operators;

/// <summary>The Hessian of the mean loss, H^(k) = (1/k) sum of H_i, exactly, by forward-over-reverse.</summary>
/// <remarks>
/// A product with K vectors shares the forward and the backward pass: 2 + 6 K products of a layer's size against 3 for a gradient. Nothing is retained between
/// products. Of an activation that is not twice differentiable, <see cref="EmpiricalRisk.Notes"/> says what is meant.
/// </remarks>
public sealed class HessianOperator : RiskOperator
{
    /// <summary>The Hessian over a range of samples.</summary>
    /// <param name="risk">The mean loss.</param>
    /// <param name="first">The first sample.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the data.</exception>
    /// <exception cref="InvalidOperatorException">Products are not repeatable, or the matrix is not symmetric.</exception>
    public HessianOperator(EmpiricalRisk risk, int first, int count)
        : base(risk, first, count) => Check();

    /// <summary>The Hessian over all samples of a risk.</summary>
    /// <param name="risk">The mean loss.</param>
    public HessianOperator(EmpiricalRisk risk)
        : this(risk, 0, (risk ?? throw new ArgumentNullException(nameof(risk))).Samples.Count)
    {
    }

    /// <summary>The Hessian of a model's mean loss over data.</summary>
    /// <param name="model">From inputs to outputs; usually in evaluation mode.</param>
    /// <param name="loss">From outputs and targets of some samples to the mean of their losses.</param>
    /// <param name="samples">The data.</param>
    /// <param name="options">Batch size and which parameters.</param>
    public HessianOperator(Module model, Func<Tensor, Tensor, Tensor> loss, SampleSource samples, RiskOptions? options = null)
        : this(new EmpiricalRisk(model, loss, samples, options))
    {
    }

    private protected override IReadOnlyList<Tensor> BatchProduct(int first, int count, IReadOnlyList<Tensor> vectors) =>
        Risk.Derivatives.HessianProduct(first, count, vectors, withGradient: false).Products;
}
