using Kappa.Tensors;

namespace Kappa.Networks.Layers;

/// <summary>The mean of each window of <c>[batch, channels, height, width]</c>; padding counts as zeros.</summary>
/// <param name="kernelSize">Side of the window in pixels, 1 or more.</param>
/// <param name="stride">Pixels from one window to the next; 0 stands for the side of the window.</param>
/// <param name="padding">Zeros around the image in pixels, at most half a window.</param>
public sealed class AvgPool2d(int kernelSize, int stride = 0, int padding = 0) : Module
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.AvgPool2d(kernelSize, stride, padding);
    }
}
