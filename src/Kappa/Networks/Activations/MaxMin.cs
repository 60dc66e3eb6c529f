using Kappa.Tensors;

namespace Kappa.Networks.Activations;

/// <summary>The larger, then the smaller of each pair of consecutive channels of <c>[batch, channels, ...]</c> (Anil, Lucas and Grosse, 2019, arXiv
/// 1811.05381).</summary>
public sealed class MaxMin : Module
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.MaxMin();
    }
}
