using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using Kappa.TorchSharp.Sharing;
using TorchSharp;
using Modules = TorchSharp.Modules;

namespace Kappa.TorchSharp.Watching;

/// <summary>A use of a convolution of TorchSharp, whatever its strides, padding and dilation are.</summary>
internal static class PatchesOfTorch
{
    /// <summary>Pads the images as the layer does, where Kappa's convolutions do not know how.</summary>
    /// <returns>The padding with zeros that is left to do, the same on all sides.</returns>
    internal static int Pad(Modules.Conv2d layer, ref torch.Tensor images)
    {
        if (layer is { padding_mode: PaddingModes.Zeros, padding: { } all } && all[0] == all[1])
            return checked((int)all[0]);
        long[] before = [0, 0], after = [0, 0];
        for (int axis = 0; axis < 2; axis++)
        {
            if (layer.padding is { } padding)
            {
                before[axis] = after[axis] = padding[axis];
            }
            else if (layer.padding_type == Padding.Same)
            {
                long whole = layer.dilation[axis] * (layer.kernel_size[axis] - 1);
                (before[axis], after[axis]) = (whole / 2, whole - (whole / 2));
            }
        }

        if (before.Any(length => length != 0) || after.Any(length => length != 0))
        {
            images = torch.nn.functional.pad(
                images, (before[1], after[1], before[0], after[0]),
                layer.padding_mode == PaddingModes.Zeros ? PaddingModes.Constant : layer.padding_mode);
        }

        return 0;
    }

    /// <summary>The use of one group.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="weight">The group's weight.</param>
    /// <param name="images"><c>[batch, in, height, width]</c> of the group.</param>
    /// <param name="gradient"><c>[batch, out, output height, output width]</c> of the group.</param>
    /// <param name="padding">With zeros, on all sides.</param>
    internal static WeightUse Use(Modules.Conv2d layer, Tensor weight, torch.Tensor images, torch.Tensor gradient, int padding)
    {
        long[] kernel = layer.kernel_size, stride = layer.stride, dilation = layer.dilation;
        if (stride[0] == stride[1] && dilation[0] == dilation[1])
        {
            var geometry = new ConvolutionGeometry(
                Int(images.shape[0]), Int(images.shape[1]), Int(images.shape[2]), Int(images.shape[3]), Int(gradient.shape[1]), Int(kernel[0]),
                Int(kernel[1]), Int(stride[0]), padding, Int(dilation[0]), 1);
            return new ConvolutionUse(geometry, weight, SharedMemory.OfContiguous(images), SharedMemory.OfContiguous(gradient));
        }

        var patches = torch.nn.functional.unfold(
            images, (kernel[0], kernel[1]), dilation: (dilation[0], dilation[1]), padding: (padding, padding), stride: (stride[0], stride[1]));
        return new LinearUse(
            weight, SharedMemory.OfContiguous(patches.transpose(1, 2).reshape(-1, patches.shape[1])),
            SharedMemory.OfContiguous(gradient.permute(0, 2, 3, 1).reshape(-1, gradient.shape[1])));
    }

    private static int Int(long length) => checked((int)length);
}
