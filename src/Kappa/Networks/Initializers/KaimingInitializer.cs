using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Networks.Initializers;

/// <summary>Normal with variance 2 / fan-in, which keeps the scale of activations through ReLU layers (He and others, 2015, arXiv 1502.01852, eq.
/// 10).</summary>
public sealed class KaimingInitializer : Initializer
{
    /// <inheritdoc/>
    protected override Tensor Draw(Shape shape, int fanIn, int fanOut, DataType type, Philox generator) =>
        Tensor.Normal(shape, generator, 0, Math.Sqrt(2.0 / fanIn), type);
}
