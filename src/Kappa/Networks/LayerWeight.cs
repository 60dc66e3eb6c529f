using Kappa.Tensors;

namespace Kappa.Networks;

/// <summary>The weight of a linear layer, a convolution without groups or an embedding: what a preconditioner by activations can watch.</summary>
/// <param name="Name">Its name within the module.</param>
/// <param name="Weight">The weight: <c>[out, in]</c>, <c>[out, in, height, width]</c> or <c>[rows, width]</c>.</param>
/// <param name="Bias">The bias of a linear layer; null where there is none.</param>
/// <param name="Kind">What the layer does.</param>
internal sealed record LayerWeight(string Name, Tensor Weight, Tensor? Bias, LayerWeightKind Kind);
