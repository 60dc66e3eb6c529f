namespace Kappa.Tensors;

/// <summary>What a Hessian product gives.</summary>
/// <param name="Value">The loss.</param>
/// <param name="Products">H v for each leaf, of the shape of the vectors that were given.</param>
/// <param name="Gradient">The gradient for each leaf, where it was asked for.</param>
/// <param name="Passes">In how many passes: more than one when K tangents did not fit into the memory limit together.</param>
public sealed record HessianProduct(double Value, IReadOnlyList<Tensor> Products, IReadOnlyList<Tensor>? Gradient, int Passes);
