using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Networks.Initializers;

/// <summary>Uniform in +-sqrt(6 / (fan-in + fan-out)), for tanh and linear layers (Glorot and Bengio, 2010, eq. 16).</summary>
public sealed class XavierInitializer : Initializer
{
    /// <inheritdoc/>
    protected override Tensor Draw(Shape shape, int fanIn, int fanOut, DataType type, Philox generator)
    {
        double bound = Math.Sqrt(6.0 / (fanIn + fanOut));
        return Tensor.Uniform(shape, generator, -bound, bound, type);
    }
}
