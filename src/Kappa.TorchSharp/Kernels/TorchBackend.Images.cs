using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using TorchSharp;

namespace Kappa.TorchSharp.Kernels;

/// <content>Convolutions and pooling.</content>
internal sealed partial class TorchBackend
{
    internal override void Convolution(
        in ConvolutionGeometry geometry, Tensor x, Tensor weight, Tensor? bias, UnaryKernel activation, Tensor? beforeActivation, Tensor y, bool accumulate)
    {
        if (y.Count == 0)
            return;
        // Where an activation follows, what is before it is needed, or overwritten by it.
        var linear = activation == UnaryKernel.Identity ? y : beforeActivation ?? y.New(y.Shape);
        using (Call.Begin())
        {
            torch.Tensor images = Images(geometry, x), filters = Filters(geometry, weight);
            var made = bias is not null && !IsNarrow(images)
                ? Convolved(geometry, images, filters, Flat(bias))
                : Convolved(geometry, Narrow(images), Narrow(filters), null);
            if (bias is not null && IsNarrow(images))
                made = made.to(images.dtype).add_(Flat(bias).view(1, -1, 1, 1));
            Put(made, Outputs(geometry, linear), accumulate);
        }

        if (beforeActivation is not null && linear != beforeActivation)
            Copy(y, beforeActivation);
        if (activation == UnaryKernel.Identity)
            return;
        Unary(activation, linear, y);
        if (linear != beforeActivation)
            linear.Dispose();
    }

    internal override void ConvolutionGradients(
        in ConvolutionGeometry geometry, Tensor? x, Tensor? weight, Tensor gradient, GradientTarget toX, GradientTarget toWeight, GradientTarget toBias)
    {
        if (gradient.Count == 0)
        {
            base.ConvolutionGradients(geometry, x, weight, gradient, toX, toWeight, toBias);
            return;
        }

        using var call = Call.Begin();
        var outputs = Outputs(geometry, gradient);
        if (toBias.Tensor is not null)
            Put(outputs.sum([0, 2, 3], type: torch.ScalarType.Float64), Flat(toBias.Tensor), toBias.Accumulate);
        var (g, to) = (geometry, toX);
        if (toWeight.Tensor is not null)
        {
            // The derivative does not depend on the weight.
            var filters = weight is null ? outputs.new_zeros(FilterShape(geometry)) : Filters(geometry, weight);
            Put(
                Derivative(leaf => Convolved(g, Narrow(Images(g, x!)), leaf, null), Narrow(filters), Narrow(outputs)), Filters(geometry, toWeight.Tensor),
                toWeight.Accumulate);
        }

        if (to.Tensor is not null)
        {
            long uncovered(int length, int kernel, int covered) =>
                length - (((covered - 1) * (long)g.Stride) - (2L * g.Padding) + (g.Dilation * (kernel - 1L)) + 1);
            Put(
                torch.nn.functional.conv_transpose2d(
                    Narrow(outputs), Narrow(Filters(geometry, weight!)), null, [g.Stride, g.Stride], [g.Padding, g.Padding],
                    [uncovered(g.Height, g.KernelHeight, g.OutputHeight), uncovered(g.Width, g.KernelWidth, g.OutputWidth)],
                    [g.Dilation, g.Dilation], g.Groups),
                Images(geometry, to.Tensor), to.Accumulate);
        }
    }

    internal override void MaxPool(in PoolingGeometry geometry, Tensor x, Tensor y, Tensor winners)
    {
        // libtorch's own wants a padding of at most half the window.
        if (y.Count == 0 || 2 * geometry.Padding > geometry.Kernel)
        {
            base.MaxPool(geometry, x, y, winners);
            return;
        }

        using var call = Call.Begin();
        long[] kernel = [geometry.Kernel, geometry.Kernel], stride = [geometry.Stride, geometry.Stride], padding = [geometry.Padding, geometry.Padding];
        var (largest, places) = torch.nn.functional.max_pool2d_with_indices(
            Flat(x).view(geometry.Planes, geometry.Height, geometry.Width), kernel, stride, padding, [1, 1], false);
        var starts = torch.arange(geometry.Planes, device: _place).mul_(geometry.InputPixels).view(-1, 1, 1);
        _ = Flat(y).copy_(largest.view(-1));
        _ = Flat(winners).copy_((places + starts).view(-1));
    }

    internal override void AveragePool(in PoolingGeometry geometry, Tensor x, Tensor y)
    {
        if (y.Count == 0 || 2 * geometry.Padding > geometry.Kernel)
        {
            base.AveragePool(geometry, x, y);
            return;
        }

        using var call = Call.Begin();
        _ = Flat(y).copy_(Averaged(geometry, Flat(x).view(geometry.Planes, geometry.Height, geometry.Width)).reshape(-1));
    }

    internal override void AveragePoolDerivative(in PoolingGeometry geometry, Tensor gradient, Tensor result, bool accumulate)
    {
        if (gradient.Count == 0 || 2 * geometry.Padding > geometry.Kernel)
        {
            base.AveragePoolDerivative(geometry, gradient, result, accumulate);
            return;
        }

        using var call = Call.Begin();
        var pooling = geometry;
        var images = Flat(result).view(geometry.Planes, geometry.Height, geometry.Width);
        var outputs = Flat(gradient).view(geometry.Planes, geometry.OutputHeight, geometry.OutputWidth);
        Put(Derivative(leaf => Averaged(pooling, leaf), torch.zeros_like(images), outputs), images, accumulate);
    }

    private static torch.Tensor Averaged(in PoolingGeometry geometry, torch.Tensor planes) => torch.nn.functional.avg_pool2d(
        planes, [geometry.Kernel, geometry.Kernel], [geometry.Stride, geometry.Stride], [geometry.Padding, geometry.Padding], false, true, null);

    private static torch.Tensor Convolved(in ConvolutionGeometry geometry, torch.Tensor images, torch.Tensor filters, torch.Tensor? bias) =>
        torch.nn.functional.conv2d(
            images, filters, bias, [geometry.Stride, geometry.Stride], [geometry.Padding, geometry.Padding], [geometry.Dilation, geometry.Dilation],
            geometry.Groups);

    private static torch.Tensor Images(in ConvolutionGeometry geometry, Tensor x) =>
        Flat(x).view(geometry.Batch, geometry.InputChannels, geometry.Height, geometry.Width);

    private static torch.Tensor Outputs(in ConvolutionGeometry geometry, Tensor y) =>
        Flat(y).view(geometry.Batch, geometry.OutputChannels, geometry.OutputHeight, geometry.OutputWidth);

    private static torch.Tensor Filters(in ConvolutionGeometry geometry, Tensor weight) => Flat(weight).view(FilterShape(geometry));

    private static long[] FilterShape(in ConvolutionGeometry geometry) =>
        [geometry.OutputChannels, geometry.GroupInputs, geometry.KernelHeight, geometry.KernelWidth];

    /// <summary>The product of a cotangent with the Jacobian of a function of libtorch, by its own reverse mode.</summary>
    private static torch.Tensor Derivative(Func<torch.Tensor, torch.Tensor> function, torch.Tensor at, torch.Tensor cotangent)
    {
        var leaf = at.detach().requires_grad_();
        using (torch.enable_grad())
            return torch.autograd.grad([function(leaf)], [leaf], [cotangent], false, false, false)[0];
    }
}
