using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Networks.Initializers;

/// <summary>Normal with standard deviation gain / sqrt(in) min(1, sqrt(out / in)): every layer starts with a spectral norm of that order (Yang and others,
/// 2023, arXiv 2310.17813).</summary>
public sealed class ScaledNormalInitializer : Initializer
{
    private readonly double _gain;

    /// <summary>Makes the initialiser.</summary>
    /// <param name="gain">A factor; 0 starts at zero.</param>
    public ScaledNormalInitializer(double gain = 1)
    {
        if (!double.IsFinite(gain) || gain < 0)
            throw new ArgumentOutOfRangeException(nameof(gain), gain, "the gain must be finite, zero or more");
        _gain = gain;
    }

    /// <inheritdoc/>
    protected override Tensor Draw(Shape shape, int fanIn, int fanOut, DataType type, Philox generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        double deviation = _gain / Math.Sqrt(fanIn) * Math.Min(1, Math.Sqrt((double)fanOut / fanIn));
        return Tensor.Normal(shape, generator, 0, deviation, type);
    }
}
