using Kappa.Tensors;

namespace Kappa.Curvature.Operators;

/// <summary>The mean loss over samples of one batch, and its derivatives in the parameters, by whoever runs the model.</summary>
internal interface IRiskDerivatives
{
    /// <summary>The loss. Records nothing.</summary>
    double Value(int first, int count);

    /// <summary>The loss, and its gradient for each parameter.</summary>
    (double Value, IReadOnlyList<Tensor> Gradient) Gradient(int first, int count);

    /// <summary>Products of the Hessian with K vectors.</summary>
    /// <param name="first">The first sample.</param>
    /// <param name="count">How many.</param>
    /// <param name="vectors">For each parameter <c>[K, ...]</c>.</param>
    /// <param name="withGradient">Whether to give the gradient too.</param>
    HessianProduct HessianProduct(int first, int count, IReadOnlyList<Tensor> vectors, bool withGradient);

    /// <summary>Products of J^T H_out J, with J the Jacobian of the model's output and H_out the Hessian of the loss in it; for each parameter
    /// <c>[K, ...]</c>.</summary>
    IReadOnlyList<Tensor> GaussNewtonProduct(int first, int count, IReadOnlyList<Tensor> vectors);

    /// <summary>The gradient of each sample's loss by itself; for each parameter <c>[count, ...]</c>.</summary>
    IReadOnlyList<Tensor> PerSampleGradients(int first, int count);
}
