using System.Numerics;
using System.Numerics.Tensors;
using Kappa.Tensors.Cpu.Elementwise;
using Kappa.Tensors.Cpu.Products;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu.Convolution;

/// <summary>The output of a convolution, block by block: patches are unfolded into scratch that stays in cache, multiplied, and the result is moved to its
/// channels.</summary>
internal unsafe struct ConvolutionForward<T> : IParallelJob
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal ConvolutionGeometry Geometry;
    internal ConvolutionBlocks Blocks;
    internal T* X;

    /// <summary>[group][kernel, in][out of the group].</summary>
    internal T* Weight;

    /// <summary>The weights as they were kept; null for <see cref="Weight"/>.</summary>
    internal KeptWeights? Kept;

    internal T* Bias;

    /// <summary>What follows the bias, and comes before the activation: (x - shift) factor + offset for each channel; null for nothing.</summary>
    internal double* Factors, Shifts, Offsets;

    internal UnaryKernel Activation;

    /// <summary>Where the product and bias go; the same as <see cref="Y"/> when nobody needs them.</summary>
    internal T* Product;

    internal T* Y;

    /// <summary>Whether to add to the output: without bias and activation.</summary>
    internal bool Accumulate;

    /// <inheritdoc/>
    public readonly void Execute(int chunk)
    {
        var (first, count, y0, y1) = Blocks.Samples > 1
            ? (chunk * Blocks.Samples, Math.Min(Blocks.Samples, Geometry.Batch - (chunk * Blocks.Samples)), 0, Geometry.OutputHeight)
            : (chunk / Blocks.BlocksPerSample, 1, chunk % Blocks.BlocksPerSample * Blocks.Rows,
                Math.Min(((chunk % Blocks.BlocksPerSample) + 1) * Blocks.Rows, Geometry.OutputHeight));
        int pixels = (y1 - y0) * Geometry.OutputWidth;
        int rows = count * pixels;
        if (rows <= 0)
            return;
        nint patchCount = (nint)rows * Geometry.PatchLength * Geometry.Groups;
        nint resultCount = (nint)rows * Geometry.OutputChannels;
        T* patches = Workspace.Rent<T>(Workspace.Purpose.Convolution, patchCount + resultCount + ((nint)Geometry.InputPixels * Geometry.InputChannels) + 32);
        T* result = patches + patchCount;
        T* image = result + resultCount;
        nint groupStride = (nint)rows * Geometry.PatchLength;
        for (int sample = 0; sample < count; sample++)
            Gather(Geometry, X, first + sample, y0, y1, image, patches + ((nint)sample * pixels * Geometry.PatchLength), groupStride);
        for (int group = 0; group < Geometry.Groups; group++)
        {
            if (Kept is not null)
            {
                ProductPlan.MultiplyPacked(
                    (KernelTable<T>)Kept.Kernels, rows, Geometry.GroupOutputs, Geometry.PatchLength, patches + (group * groupStride), Geometry.PatchLength,
                    Kept.Pointer<T>() + (group * Kept.GroupLength), result + (group * Geometry.GroupOutputs), Geometry.OutputChannels);
                continue;
            }

            ProductPlan.Multiply(
                false, false, rows, Geometry.GroupOutputs, Geometry.PatchLength, patches + (group * groupStride), Geometry.PatchLength,
                Weight + ((nint)group * Geometry.GroupOutputs * Geometry.PatchLength), Geometry.GroupOutputs,
                result + (group * Geometry.GroupOutputs), Geometry.OutputChannels, accumulate: false);
        }

        for (int sample = 0; sample < count; sample++)
        {
            Finish(result + ((nint)sample * pixels * Geometry.OutputChannels), pixels,
                ((nint)(first + sample) * Geometry.OutputChannels * Geometry.OutputPixels) + (y0 * Geometry.OutputWidth));
        }
    }

    /// <summary>The patches of output rows y0 to y1 of one example, by way of its input rows with the channels last.</summary>
    internal static void Gather(in ConvolutionGeometry g, T* x, int sample, int y0, int y1, T* image, T* patches, nint groupStride)
    {
        T* from = x + ((nint)sample * g.InputChannels * g.InputPixels);
        int firstRow = Math.Clamp((y0 * g.Stride) - g.Padding, 0, g.Height);
        int endRow = Math.Clamp(((y1 - 1) * g.Stride) - g.Padding + ((g.KernelHeight - 1) * g.Dilation) + 1, firstRow, g.Height);
        if (g.IsPointwise)
        {
            for (int group = 0; group < g.Groups; group++)
            {
                T* channels = from + ((nint)group * g.GroupInputs * g.InputPixels) + (firstRow * g.Width);
                Transposition.Copy(channels, g.InputPixels, patches + (group * groupStride), g.GroupInputs, g.GroupInputs, (endRow - firstRow) * g.Width);
            }

            return;
        }

        if (g.InputChannels == 1)
        {
            Patches.Unfold(g, from, 0, y0, y1, patches, groupStride);
            return;
        }

        Transposition.Copy(from + (firstRow * g.Width), g.InputPixels, image, g.InputChannels, g.InputChannels, (endRow - firstRow) * g.Width);
        Patches.Unfold(g, image, firstRow, y0, y1, patches, groupStride);
    }

    /// <summary>Moves [pixels, channels] to the channels of the output, with bias and activation.</summary>
    private readonly void Finish(T* result, int pixels, nint start)
    {
        int channels = Geometry.OutputChannels;
        if (Accumulate)
        {
            for (int c = 0; c < channels; c++)
            {
                T* to = Y + start + ((nint)c * Geometry.OutputPixels);
                for (int i = 0; i < pixels; i++)
                    to[i] += result[((nint)i * channels) + c];
            }

            return;
        }

        Transposition.Copy(result, channels, Product + start, Geometry.OutputPixels, pixels, channels);
        if (Bias == null && Factors == null && Activation == UnaryKernel.Identity)
            return;
        for (int c = 0; c < channels; c++)
        {
            nint at = start + ((nint)c * Geometry.OutputPixels);
            var product = new Span<T>(Product + at, pixels);
            if (Bias != null && Factors == null && Activation == UnaryKernel.Relu && Product == Y)
            {
                BiasActivation.AddRelu(Y + at, pixels, Bias[c]);
                continue;
            }

            if (Bias != null)
                TensorPrimitives.Add(product, Bias[c], product);
            if (Factors != null)
            {
                var line = new LineFunction(new Line(Factors[c], Shifts[c]), Offsets[c]);
                Widened.Map(Product + at, null, null, null, Product + at, pixels, accumulate: false, line);
            }

            if (Activation != UnaryKernel.Identity)
                UnaryFunctions.Range(Activation, product, new Span<T>(Y + at, pixels));
        }
    }
}
