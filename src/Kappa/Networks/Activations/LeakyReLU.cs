using Kappa.Tensors;

namespace Kappa.Networks.Activations;

/// <summary>x where it is positive and slope x elsewhere (Maas, Hannun and Ng, 2013).</summary>
/// <remarks>Computed as max(x, 0) - slope max(-x, 0), which is exact; the derivative at 0 is 0.</remarks>
public sealed class LeakyReLU : Module
{
    /// <summary>Makes the module.</summary>
    /// <param name="slope">The slope for negative x, finite.</param>
    public LeakyReLU(double slope = 0.01)
    {
        if (!double.IsFinite(slope))
            throw new ArgumentOutOfRangeException(nameof(slope), slope, "LeakyReLU: the slope is finite");
        Slope = slope;
    }

    /// <summary>The slope for negative x.</summary>
    public double Slope { get; }

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        // Without a slope the second leg is no zero times infinity.
        return Slope == 0 ? input.Relu() : input.Relu() - ((-input).Relu() * Slope);
    }
}
