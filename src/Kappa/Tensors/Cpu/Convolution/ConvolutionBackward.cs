using System.Numerics;
using Kappa.Tensors.Cpu.Products;
using Kappa.Tensors.Cpu.Reductions;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Memory;

namespace Kappa.Tensors.Cpu.Convolution;

/// <summary>
/// The gradients of a convolution at its input, weight and bias, those wanted, from one walk over the examples. Examples are cut into ranges by the shape
/// alone; each range sums its share of the weight's gradient for itself, and the shares are added in order, so that the bits do not depend on the thread count.
/// </summary>
internal unsafe struct ConvolutionBackward<T> : IParallelJob
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int MaximumRanges = 16;
    private const int MinimumRanges = 4;

    /// <summary>What the shares of the weight's gradient take at most, where that leaves ranges enough.</summary>
    private const long ShareBytes = 32 << 20;

    internal ConvolutionGeometry Geometry;
    internal ConvolutionBlocks Blocks;
    internal int Ranges;
    internal T* X, Gradient;

    /// <summary>[out][kernel][in].</summary>
    internal T* Weight;

    /// <summary>Where the gradient at the input goes, or null.</summary>
    internal T* ToX;

    internal bool AddToX;

    /// <summary>The shares of the weight's gradient, [range][out][kernel][in], or null.</summary>
    internal T* WeightShares;

    /// <summary>Where a range's share takes very many products: room for the sum of some, and for what is lost in adding it to the share,
    /// [range][2][out][kernel][in].</summary>
    internal T* WeightParts;

    /// <summary>The shares of the bias's gradient, [range][out], or null.</summary>
    internal double* BiasShares;

    /// <summary>How many ranges the examples are cut into.</summary>
    internal static int RangeCount(in ConvolutionGeometry geometry)
    {
        long share = Math.Max(1, (long)geometry.WeightCount * sizeof(T));
        long ranges = Math.Min(Math.Clamp(ShareBytes / share, MinimumRanges, MaximumRanges), HostStorage.MaximumBytes / share);
        return (int)Math.Min(geometry.Batch, ranges);
    }

    /// <summary>Whether a range's share takes very many products.</summary>
    internal static bool IsLong(in ConvolutionGeometry geometry, in ConvolutionBlocks blocks, int ranges) =>
        ranges > 0 && blocks.Count((geometry.Batch + ranges - 1) / ranges) > CompensatedSum.PlainTerms;

    /// <inheritdoc/>
    public readonly void Execute(int chunk)
    {
        int first = (int)((long)Geometry.Batch * chunk / Ranges), end = (int)((long)Geometry.Batch * (chunk + 1) / Ranges);
        int most = Blocks.Samples * Blocks.Rows * Geometry.OutputWidth;
        nint patchCount = (nint)most * Geometry.PatchLength * Geometry.Groups;
        nint gradientCount = (nint)most * Geometry.OutputChannels;
        nint imageCount = (nint)Geometry.InputPixels * Geometry.InputChannels;
        T* patches = Workspace.Rent<T>(Workspace.Purpose.Convolution, patchCount + gradientCount + (imageCount * (1 + Blocks.Samples)));
        T* gradient = patches + patchCount;
        T* image = gradient + gradientCount;
        T* imageGradients = image + imageCount;
        int block = 0;
        if (BiasShares != null)
            new Span<double>(BiasShares + ((nint)chunk * Geometry.OutputChannels), Geometry.OutputChannels).Clear();
        if (WeightParts != null)
        {
            new Span<T>(WeightShares + ((nint)chunk * Geometry.WeightCount), Geometry.WeightCount).Clear();
            new Span<T>(PartOf(chunk), 2 * Geometry.WeightCount).Clear();
        }

        for (int sample = first; sample < end; sample += Blocks.Samples)
        {
            int count = Math.Min(Blocks.Samples, end - sample);
            if (ToX != null)
                new Span<T>(imageGradients, checked((int)(count * imageCount))).Clear();
            for (int y0 = 0; y0 < Geometry.OutputHeight; y0 += Blocks.Rows)
            {
                Block(chunk, sample, count, y0, Math.Min(y0 + Blocks.Rows, Geometry.OutputHeight), block++, patches, gradient, image, imageGradients);
                if (WeightParts != null && block % CompensatedSum.PlainTerms == 0)
                    KeepPart(chunk);
            }

            for (int i = 0; ToX != null && i < count; i++)
                PutImage(imageGradients + (i * imageCount), ToX + ((sample + i) * imageCount), image);
        }

        if (WeightParts != null && block % CompensatedSum.PlainTerms != 0)
            KeepPart(chunk);
    }

    private readonly T* PartOf(int range) => WeightParts + (2 * (nint)range * Geometry.WeightCount);

    /// <summary>Adds the sum of some products to the range's share.</summary>
    private readonly void KeepPart(int range)
    {
        int weights = Geometry.WeightCount;
        CompensatedSum.Add(PartOf(range), T.One, PartOf(range) + weights, WeightShares + ((nint)range * weights), weights, 1, weights);
    }

    private readonly void Block(int range, int sample, int count, int y0, int y1, int block, T* patches, T* gradient, T* image, T* imageGradients)
    {
        int pixels = (y1 - y0) * Geometry.OutputWidth;
        int rows = count * pixels, outputs = Geometry.OutputChannels, groupOutputs = Geometry.GroupOutputs, length = Geometry.PatchLength;
        nint groupStride = (nint)rows * length;
        // [out, rows]: as it lies where the block is of one example.
        nint gradientStride = Geometry.OutputPixels;
        T* own = Gradient + ((nint)sample * outputs * Geometry.OutputPixels) + (y0 * Geometry.OutputWidth);
        for (int i = 0; i < count && (count > 1 || BiasShares != null); i++)
        {
            for (int c = 0; c < outputs; c++)
            {
                var from = new ReadOnlySpan<T>(own + ((((nint)i * outputs) + c) * Geometry.OutputPixels), pixels);
                if (count > 1)
                    from.CopyTo(new Span<T>(gradient + ((nint)c * rows) + (i * pixels), pixels));
                if (BiasShares != null)
                {
                    BiasShares[((nint)range * outputs) + c] += PairwiseSums.Row<T,
                        PlainTerm>(own + ((((nint)i * outputs) + c) * Geometry.OutputPixels), null, pixels, default);
                }
            }
        }

        if (count > 1)
            gradientStride = rows;
        else
            gradient = own;

        if (WeightShares != null)
        {
            for (int i = 0; i < count; i++)
                ConvolutionForward<T>.Gather(Geometry, X, sample + i, y0, y1, image, patches + ((nint)i * pixels * length), groupStride);
            for (int group = 0; group < Geometry.Groups; group++)
            {
                T* share = (WeightParts != null ? PartOf(range) : WeightShares + ((nint)range * Geometry.WeightCount)) + ((nint)group * groupOutputs * length);
                bool isFirst = block % (WeightParts != null ? CompensatedSum.PlainTerms : int.MaxValue) == 0;
                ProductPlan.Multiply(
                    false, false, groupOutputs, length, rows, gradient + (group * groupOutputs * gradientStride), (int)gradientStride,
                    patches + (group * groupStride), length, share, length, !isFirst);
            }
        }

        if (ToX == null)
            return;
        for (int group = 0; group < Geometry.Groups; group++)
        {
            T* weight = Weight + ((nint)group * groupOutputs * length);
            ProductPlan.Multiply(
                true, false, rows, length, groupOutputs, gradient + (group * groupOutputs * gradientStride), (int)gradientStride, weight, length,
                patches + (group * groupStride), length, accumulate: false);
        }

        nint imageCount = (nint)Geometry.InputPixels * Geometry.InputChannels;
        for (int i = 0; i < count; i++)
            Patches.Fold(Geometry, patches + ((nint)i * pixels * length), groupStride, y0, y1, imageGradients + (i * imageCount));
    }

    /// <summary>Moves an image with the channels last to where the gradient at the input is wanted.</summary>
    private readonly void PutImage(T* from, T* to, T* spare)
    {
        int pixels = Geometry.InputPixels, channels = Geometry.InputChannels;
        if (!AddToX)
        {
            Transposition.Copy(from, channels, to, pixels, pixels, channels);
            return;
        }

        Transposition.Copy(from, channels, spare, pixels, pixels, channels);
        Patches.Add(spare, to, pixels * channels);
    }
}
