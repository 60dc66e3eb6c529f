using Kappa.Tensors;

namespace Kappa.Networks;

/// <summary>A trainable tensor and its path in the model, such as <c>0.weight</c>: what optimizers, checkpoints and errors know it by.</summary>
/// <param name="Name">The path.</param>
/// <param name="Tensor">The values; the gradient hangs on it.</param>
public readonly record struct Parameter(string Name, Tensor Tensor);
