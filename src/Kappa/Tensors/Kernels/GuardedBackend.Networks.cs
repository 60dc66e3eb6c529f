namespace Kappa.Tensors.Kernels;

/// <content>The layers of networks.</content>
internal sealed partial class GuardedBackend
{
    internal override void Linear(Tensor x, Tensor weight, Tensor? bias, UnaryKernel activation, Tensor? beforeActivation, Tensor y)
    {
        Reads(x, (long)y.Shape[0] * weight.Shape[1]);
        Reads(weight, (long)y.Shape[1] * x.Shape[1]);
        Reads(bias, y.Shape[1]);
        Writes(beforeActivation, y.Count);
        Writes(y, y.Count);
        kernels.Linear(x, weight, bias, activation, beforeActivation, y);
    }

    internal override void Convolution(
        in ConvolutionGeometry geometry, Tensor x, Tensor weight, Tensor? bias, UnaryKernel activation, Tensor? beforeActivation, Tensor y, bool accumulate)
    {
        Reads(x, InputCount(geometry));
        Reads(weight, geometry.WeightCount);
        Reads(bias, geometry.OutputChannels);
        Writes(beforeActivation, OutputCount(geometry));
        Writes(y, OutputCount(geometry));
        kernels.Convolution(geometry, x, weight, bias, activation, beforeActivation, y, accumulate);
    }

    internal override void InferConvolution(
        in ConvolutionGeometry geometry, Tensor x, Tensor weight, Tensor? bias, ChannelNormalization? normalization, UnaryKernel activation, Tensor y)
    {
        Reads(x, InputCount(geometry));
        Reads(weight, geometry.WeightCount);
        Reads(bias, geometry.OutputChannels);
        Reads(normalization?.Factors, geometry.OutputChannels);
        Reads(normalization?.Shifts, geometry.OutputChannels);
        Reads(normalization?.Offsets, geometry.OutputChannels);
        Writes(y, OutputCount(geometry));
        kernels.InferConvolution(geometry, x, weight, bias, normalization, activation, y);
    }

    internal override void ConvolutionGradients(
        in ConvolutionGeometry geometry, Tensor? x, Tensor? weight, Tensor gradient, GradientTarget toX, GradientTarget toWeight, GradientTarget toBias)
    {
        Reads(x, InputCount(geometry));
        Reads(weight, geometry.WeightCount);
        Reads(gradient, OutputCount(geometry));
        Writes(toX.Tensor, InputCount(geometry));
        Writes(toWeight.Tensor, geometry.WeightCount);
        Writes(toBias.Tensor, geometry.OutputChannels);
        kernels.ConvolutionGradients(geometry, x, weight, gradient, toX, toWeight, toBias);
    }

    internal override void UnfoldPatches(in ConvolutionGeometry geometry, Tensor x, Tensor patches)
    {
        Reads(x, InputCount(geometry));
        Writes(patches, (long)geometry.Batch * geometry.OutputPixels * geometry.PatchLength * geometry.Groups);
        kernels.UnfoldPatches(geometry, x, patches);
    }

    internal override void MaxPool(in PoolingGeometry geometry, Tensor x, Tensor y, Tensor winners)
    {
        Reads(x, (long)geometry.Planes * geometry.InputPixels);
        Writes(y, (long)geometry.Planes * geometry.OutputPixels);
        Writes(winners, (long)geometry.Planes * geometry.OutputPixels);
        kernels.MaxPool(geometry, x, y, winners);
    }

    internal override void AveragePool(in PoolingGeometry geometry, Tensor x, Tensor y)
    {
        Reads(x, (long)geometry.Planes * geometry.InputPixels);
        Writes(y, (long)geometry.Planes * geometry.OutputPixels);
        kernels.AveragePool(geometry, x, y);
    }

    internal override void AveragePoolDerivative(in PoolingGeometry geometry, Tensor gradient, Tensor result, bool accumulate)
    {
        Reads(gradient, (long)geometry.Planes * geometry.OutputPixels);
        Writes(result, (long)geometry.Planes * geometry.InputPixels);
        kernels.AveragePoolDerivative(geometry, gradient, result, accumulate);
    }

    internal override void GroupSort(Tensor x, int batch, int channels, int pixels, int group, bool descending, Tensor y, Tensor order)
    {
        Reads(x, (long)batch * channels * pixels);
        Writes(y, (long)batch * channels * pixels);
        Writes(order, (long)batch * channels * pixels);
        kernels.GroupSort(x, batch, channels, pixels, group, descending, y, order);
    }

    internal override void Select(Tensor x, Tensor indices, Tensor result)
    {
        Picks(indices, result.Count, x.Count);
        Reads(x, x.Count);
        Writes(result, result.Count);
        kernels.Select(x, indices, result);
    }

    internal override void SelectDerivative(Tensor gradient, Tensor indices, int blocks, bool repeats, Tensor result, bool accumulate)
    {
        Picks(indices, gradient.Count, result.Count);
        Reads(gradient, gradient.Count);
        Writes(result, result.Count);
        kernels.SelectDerivative(gradient, indices, blocks, repeats, result, accumulate);
    }

    internal override void Normalize(Tensor x, bool center, double epsilon, int length, Tensor y, Tensor statistics)
    {
        Reads(x, y.Count);
        Writes(y, (long)statistics.Shape[0] * length);
        Writes(statistics, 2L * statistics.Shape[0]);
        kernels.Normalize(x, center, epsilon, length, y, statistics);
    }

    internal override void NormalizeDerivative(
        bool center, double epsilon, Tensor x, Tensor statistics, Tensor gradient, int length, Tensor result, bool accumulate)
    {
        Reads(x, (long)statistics.Shape[0] * length);
        Reads(gradient, (long)statistics.Shape[0] * length);
        Writes(result, (long)statistics.Shape[0] * length);
        kernels.NormalizeDerivative(center, epsilon, x, statistics, gradient, length, result, accumulate);
    }

    internal override void NormalizeCurvature(
        bool center, double epsilon, Tensor x, Tensor statistics, Tensor tangent, Tensor gradient, int length, Tensor result)
    {
        Reads(x, (long)statistics.Shape[0] * length);
        Reads(tangent, (long)statistics.Shape[0] * length);
        Reads(gradient, (long)statistics.Shape[0] * length);
        Writes(result, (long)statistics.Shape[0] * length);
        kernels.NormalizeCurvature(center, epsilon, x, statistics, tangent, gradient, length, result);
    }

    private static long InputCount(in ConvolutionGeometry geometry) => (long)geometry.Batch * geometry.InputChannels * geometry.InputPixels;

    private static long OutputCount(in ConvolutionGeometry geometry) => (long)geometry.Batch * geometry.OutputChannels * geometry.OutputPixels;
}
