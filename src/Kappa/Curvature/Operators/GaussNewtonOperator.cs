using Kappa.Tensors;

namespace Kappa.Curvature.Operators;

/// <summary>The generalised Gauss-Newton matrix of the mean loss: the mean over samples of J^T H_out J, with J the Jacobian of the model's output and H_out the
/// Hessian of the loss in it.</summary>
/// <remarks>
/// Schraudolph, 2002. Positive semidefinite for a loss that is convex in the output; for cross-entropy it is the Fisher information matrix. Products never form
/// H_out: for cross-entropy p t - p (p . t) by rows.
/// </remarks>
public sealed class GaussNewtonOperator : RiskOperator
{
    /// <summary>The matrix over a range of samples.</summary>
    /// <param name="risk">The mean loss.</param>
    /// <param name="first">The first sample.</param>
    /// <param name="count">How many.</param>
    public GaussNewtonOperator(EmpiricalRisk risk, int first, int count)
        : base(risk, first, count) => Check();

    /// <summary>The matrix over all samples of a risk.</summary>
    /// <param name="risk">The mean loss.</param>
    public GaussNewtonOperator(EmpiricalRisk risk)
        : this(risk, 0, (risk ?? throw new ArgumentNullException(nameof(risk))).Samples.Count)
    {
    }

    private protected override IReadOnlyList<Tensor> BatchProduct(int first, int count, IReadOnlyList<Tensor> vectors) =>
        Risk.Derivatives.GaussNewtonProduct(first, count, vectors);
}
