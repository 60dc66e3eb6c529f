using Kappa.Tensors.Kernels;

namespace Kappa.Tensors;

/// <summary>A use of a weight in a convolution without groups: a linear layer on patches, whose share of the gradient is E^T Z.</summary>
/// <remarks>The matrices are made when asked for, and belong to the caller.</remarks>
public sealed class ConvolutionUse : WeightUse
{
    internal ConvolutionUse(ConvolutionGeometry geometry, Tensor weight, Tensor input, Tensor outputGradient)
        : base(weight) => (Geometry, Input, OutputGradient) = (geometry, input, outputGradient);

    /// <summary>x, <c>[batch, in, height, width]</c>.</summary>
    public Tensor Input { get; }

    /// <summary>The gradient at x * W, before the bias and any activation, <c>[batch, out, output height, output width]</c>.</summary>
    public Tensor OutputGradient { get; }

    internal ConvolutionGeometry Geometry { get; }

    /// <summary>Rows of <see cref="Patches"/> and <see cref="OutputGradients"/>: batch times output pixels.</summary>
    public int Rows => Geometry.Batch * Geometry.OutputPixels;

    /// <summary>Z: what each output pixel reads, <c>[batch pixels, in kernel^2]</c>, in the order of the weight.</summary>
    public Tensor Patches()
    {
        var patches = Input.New([Rows, Geometry.PatchLength]);
        patches.Backend.UnfoldPatches(Geometry, Input, patches);
        return patches;
    }

    /// <summary>The patches of some examples at a time: all together they are larger than the input by the size of the kernel, and may not fit into one
    /// tensor.</summary>
    /// <param name="mostBytes">What the patches of one block take at most, where that leaves an example.</param>
    internal IEnumerable<Tensor> PatchBlocks(long mostBytes)
    {
        long bytes = (long)Geometry.OutputPixels * Geometry.PatchLength * Input.DataType.SizeOf();
        int most = (int)Math.Clamp(mostBytes / Math.Max(1, bytes), 1, Math.Max(1, Geometry.Batch));
        for (int first = 0; first < Geometry.Batch; first += most)
        {
            int count = Math.Min(most, Geometry.Batch - first);
            using var images = Input.Range(first, count);
            yield return new ConvolutionUse(Geometry with { Batch = count }, Weight, images, OutputGradient).Patches();
        }
    }

    /// <summary>E, <c>[batch pixels, out]</c>: the gradient of the weight as a matrix is E^T times the patches.</summary>
    public Tensor OutputGradients() => PixelRows(OutputGradient, Geometry.OutputChannels, Geometry.OutputPixels);

    /// <summary>The channels of each input pixel, <c>[batch pixels, in]</c>.</summary>
    public Tensor Pixels() => PixelRows(Input, Geometry.InputChannels, Geometry.InputPixels);

    private Tensor PixelRows(Tensor images, int channels, int pixels)
    {
        var rows = images.New([Geometry.Batch * pixels, channels]);
        rows.Backend.Transpose(images, Geometry.Batch, channels, pixels, rows);
        return rows;
    }
}
