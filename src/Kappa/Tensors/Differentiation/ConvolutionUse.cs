using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Differentiation;

/// <summary>One use of a convolution's weight, for an observer: as matrices, made when asked for. Groups are one.</summary>
/// <param name="Geometry">The lengths.</param>
/// <param name="Input">x, <c>[batch, in, height, width]</c>.</param>
/// <param name="Gradient">The gradient at x * W, <c>[batch, out, output height, output width]</c>.</param>
internal readonly record struct ConvolutionUse(ConvolutionGeometry Geometry, Tensor Input, Tensor Gradient)
{
    /// <summary>Rows of <see cref="Patches"/> and <see cref="OutputGradients"/>.</summary>
    internal int Rows => Geometry.Batch * Geometry.OutputPixels;

    /// <summary>What each output pixel reads, <c>[batch pixels, in kernel^2]</c>, in the order of the weight.</summary>
    internal Tensor Patches()
    {
        var patches = Tensor.Uninitialized([Rows, Geometry.PatchLength], Input.DataType);
        Backend.Current.UnfoldPatches(Geometry, Input, patches);
        return patches;
    }

    /// <summary>The patches of some examples at a time: all together they are larger than the input by the size of the kernel, and may not fit into one tensor.</summary>
    /// <param name="mostBytes">What the patches of one block take at most, where that leaves an example.</param>
    internal IEnumerable<Tensor> PatchBlocks(long mostBytes)
    {
        long bytes = (long)Geometry.OutputPixels * Geometry.PatchLength * Input.DataType.SizeOf();
        int most = (int)Math.Clamp(mostBytes / Math.Max(1, bytes), 1, Math.Max(1, Geometry.Batch));
        for (int first = 0; first < Geometry.Batch; first += most)
        {
            int count = Math.Min(most, Geometry.Batch - first);
            using var images = Input.Range(first, count);
            yield return new ConvolutionUse(Geometry with { Batch = count }, images, Gradient).Patches();
        }
    }

    /// <summary>E, <c>[batch pixels, out]</c>: the gradient of the weight as a matrix is E^T times the patches.</summary>
    internal Tensor OutputGradients() => PixelRows(Gradient, Geometry.OutputChannels, Geometry.OutputPixels);

    /// <summary>The channels of each input pixel, <c>[batch pixels, in]</c>.</summary>
    internal Tensor Pixels() => PixelRows(Input, Geometry.InputChannels, Geometry.InputPixels);

    private Tensor PixelRows(Tensor images, int channels, int pixels)
    {
        var rows = Tensor.Uninitialized([Geometry.Batch * pixels, channels], images.DataType);
        Backend.Current.Transpose(images, Geometry.Batch, channels, pixels, rows);
        return rows;
    }
}
