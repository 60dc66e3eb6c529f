using Kappa.Tensors.Operations;

namespace Kappa.Tensors;

/// <content>Operations on images, <c>[batch, channels, height, width]</c>.</content>
public sealed partial class Tensor
{
    /// <summary>A convolutional layer with its activation, f(x * W + b), as one operation.</summary>
    /// <param name="weight">W, <c>[out, in / groups, kernel height, kernel width]</c>.</param>
    /// <param name="bias">b, <c>[out]</c>, or null for none.</param>
    /// <param name="stride">From one window to the next, 1 or more, along both axes.</param>
    /// <param name="padding">Zeros around the image, 0 or more on each side.</param>
    /// <param name="dilation">From one element of the kernel to the next, 1 or more.</param>
    /// <param name="groups">Groups of channels that do not see each other; divides both counts of channels.</param>
    /// <param name="activation">f.</param>
    /// <returns>For this tensor being x, <c>[batch, in, height, width]</c>: <c>[batch, out, (height + 2 padding - dilation (kernel height - 1) - 1) / stride + 1, likewise]</c>.</returns>
    /// <exception cref="TensorShapeException">Shapes or types do not fit, or no window fits into the image.</exception>
    /// <remarks>
    /// A correlation: the kernel is not mirrored, as everywhere in deep learning. Costs 2 in / groups kernel flops for each output. Patches are unfolded for a
    /// few examples at a time in scratch, so that memory is that of input and output.
    /// </remarks>
    public Tensor Conv2d(Tensor weight, Tensor? bias, int stride = 1, int padding = 0, int dilation = 1, int groups = 1, Activation activation = Activation.Identity) =>
        Conv2dNode.Apply(this, weight, bias, stride, padding, dilation, groups, activation.Kernel());
}
