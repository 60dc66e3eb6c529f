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
    /// <returns>For this tensor being x, <c>[batch, in, height, width]</c>:
    /// <c>[batch, out, (height + 2 padding - dilation (kernel height - 1) - 1) / stride + 1, likewise]</c>.</returns>
    /// <exception cref="TensorShapeException">Shapes or types do not fit, or no window fits into the image.</exception>
    /// <remarks>
    /// A correlation: the kernel is not mirrored, as everywhere in deep learning. Costs 2 in / groups kernel flops for each output. Patches are unfolded for a
    /// few examples at a time in scratch, so that memory is that of input and output.
    /// </remarks>
    public Tensor Conv2d(
        Tensor weight, Tensor? bias, int stride = 1, int padding = 0, int dilation = 1, int groups = 1, Activation activation = Activation.Identity) =>
        Conv2dNode.Apply(this, weight, bias, stride, padding, dilation, groups, activation.Kernel());

    /// <summary>The largest element of each window. NaN wins. The gradient goes to the first element that attains the maximum.</summary>
    /// <param name="kernel">Side of the window.</param>
    /// <param name="stride">From one window to the next; 0 stands for the side of the window.</param>
    /// <param name="padding">Around the image, at most half a window; never the largest.</param>
    /// <returns>For this tensor <c>[batch, channels, height, width]</c>:
    /// <c>[batch, channels, (height + 2 padding - kernel) / stride + 1, likewise]</c>.</returns>
    /// <exception cref="TensorShapeException">Not images, or no window fits.</exception>
    public Tensor MaxPool2d(int kernel, int stride = 0, int padding = 0) => SelectionNode.MaxPool(this, kernel, stride == 0 ? kernel : stride, padding);

    /// <summary>The mean of each window, over kernel^2 elements: padding counts as zeros, as in PyTorch by default.</summary>
    /// <param name="kernel">Side of the window.</param>
    /// <param name="stride">From one window to the next; 0 stands for the side of the window.</param>
    /// <param name="padding">Zeros around the image, at most half a window.</param>
    /// <returns>The shape that <see cref="MaxPool2d"/> gives.</returns>
    /// <exception cref="TensorShapeException">Not images, or no window fits.</exception>
    public Tensor AvgPool2d(int kernel, int stride = 0, int padding = 0) => AveragePoolNode.Apply(this, kernel, stride == 0 ? kernel : stride, padding);

    /// <summary>The mean of each channel over its pixels.</summary>
    /// <returns><c>[batch, channels]</c>, for this tensor <c>[batch, channels, height, width]</c>.</returns>
    /// <exception cref="TensorShapeException">Not images, or without pixels.</exception>
    public Tensor GlobalAvgPool2d()
    {
        Windows.RequireImages(this, "GlobalAvgPool2d");
        if (Shape[2] * Shape[3] == 0)
            throw new TensorShapeException($"GlobalAvgPool2d: the images of {Shape} have no pixels");
        return Reshape([Shape[0], Shape[1], Shape[2] * Shape[3]]).Mean(2);
    }

    /// <summary>(x - mean) / sqrt(variance + epsilon) weight + bias for each channel, with the mean and variance of the batch, through which gradients
    /// flow.</summary>
    /// <param name="weight"><c>[channels]</c>, or null for none; both or neither.</param>
    /// <param name="bias"><c>[channels]</c>, or null for none.</param>
    /// <param name="epsilon">Added to the variance, zero or more.</param>
    /// <returns>The shape of this tensor, <c>[batch, channels, ...]</c>.</returns>
    /// <exception cref="TensorShapeException">Shapes do not fit, or a channel has fewer than two values.</exception>
    /// <remarks>Ioffe and Szegedy, 2015, arXiv 1502.03167. The variance is that over n. Statistics are summed in double precision.</remarks>
    public Tensor BatchNorm(Tensor? weight, Tensor? bias, double epsilon = 1e-5) =>
        BatchNormNode.Apply(this, weight, bias, epsilon).Y;

    /// <summary>Sorts each group of consecutive channels, smallest first: an activation that preserves the norm of the gradient.</summary>
    /// <param name="group">Channels in a group; divides their number.</param>
    /// <returns>The shape of this tensor, <c>[batch, channels, ...]</c>.</returns>
    /// <exception cref="TensorShapeException">The groups do not divide the channels; the message says which.</exception>
    /// <remarks>Anil, Lucas and Grosse, 2019, arXiv 1811.05381.</remarks>
    public Tensor GroupSort(int group) => SelectionNode.GroupSort(this, group, descending: false);

    /// <summary>The larger, then the smaller of each pair of consecutive channels: <see cref="GroupSort"/> for groups of two, largest first.</summary>
    /// <returns>The shape of this tensor, <c>[batch, channels, ...]</c>.</returns>
    /// <exception cref="TensorShapeException">The number of channels is odd.</exception>
    public Tensor MaxMin() => SelectionNode.GroupSort(this, 2, descending: true);
}
