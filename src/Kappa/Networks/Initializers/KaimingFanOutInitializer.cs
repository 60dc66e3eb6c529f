using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Networks.Initializers;

/// <summary>Normal with variance 2 / fan-out, which keeps the scale of gradients through ReLU layers (He and others, 2015, arXiv 1502.01852, eq. 14). ResNets
/// start from it.</summary>
public sealed class KaimingFanOutInitializer : Initializer
{
    /// <inheritdoc/>
    protected override Tensor Draw(Shape shape, int fanIn, int fanOut, DataType type, Philox generator) =>
        Tensor.Normal(shape, generator, 0, Math.Sqrt(2.0 / fanOut), type);
}
