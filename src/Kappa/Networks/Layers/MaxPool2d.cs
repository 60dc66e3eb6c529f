using Kappa.Tensors;

namespace Kappa.Networks.Layers;

/// <summary>The largest element of each window of <c>[batch, channels, height, width]</c>.</summary>
/// <param name="kernelSize">Side of the window in pixels, 1 or more.</param>
/// <param name="stride">Pixels from one window to the next; 0 stands for the side of the window.</param>
/// <param name="padding">Pixels around the image, at most half a window; never the largest.</param>
public sealed class MaxPool2d(int kernelSize, int stride = 0, int padding = 0) : Module
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.MaxPool2d(kernelSize, stride, padding);
    }
}
