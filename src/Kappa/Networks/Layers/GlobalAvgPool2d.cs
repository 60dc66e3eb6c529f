using Kappa.Tensors;

namespace Kappa.Networks.Layers;

/// <summary>The mean of each channel over its pixels: <c>[batch, channels, height, width]</c> to <c>[batch, channels]</c>.</summary>
/// <remarks>PyTorch's <c>AdaptiveAvgPool2d(1)</c> and <c>Flatten</c> in one.</remarks>
public sealed class GlobalAvgPool2d : Module
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.GlobalAvgPool2d();
    }
}
