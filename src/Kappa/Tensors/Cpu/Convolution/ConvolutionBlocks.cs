using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu.Convolution;

/// <summary>How the output of a convolution is cut into blocks whose unfolded patches stay in the level 2 cache: several whole examples, or a range of rows of
/// one.</summary>
internal readonly struct ConvolutionBlocks
{
    private const int PatchBytes = 512 * 1024;

    /// <summary>The most elements of the images of one block, where that leaves one: windows far apart make a large image for few outputs.</summary>
    private const long ImageElements = 4 << 20;

    internal ConvolutionBlocks(in ConvolutionGeometry geometry, int elementSize)
    {
        int pixels = (int)Math.Clamp(PatchBytes / Math.Max(1, (long)elementSize * geometry.PatchLength * geometry.Groups), 48, 1024);
        int images = (int)Math.Clamp(ImageElements / Math.Max(1, (long)geometry.InputPixels * geometry.InputChannels), 1, Math.Max(1, geometry.Batch));
        Samples = Math.Clamp(pixels / Math.Max(1, geometry.OutputPixels), 1, images);
        Rows = Samples > 1 ? geometry.OutputHeight : Math.Clamp(pixels / Math.Max(1, geometry.OutputWidth), 1, Math.Max(1, geometry.OutputHeight));
        // Nearly equal ranges.
        BlocksPerSample = (geometry.OutputHeight + Rows - 1) / Math.Max(1, Rows);
        Rows = (geometry.OutputHeight + BlocksPerSample - 1) / Math.Max(1, BlocksPerSample);
    }

    /// <summary>Examples in a block: more than one only where <see cref="Rows"/> is all.</summary>
    internal int Samples { get; }

    /// <summary>Output rows of each example in a block.</summary>
    internal int Rows { get; }

    internal int BlocksPerSample { get; }

    /// <summary>The blocks of so many examples.</summary>
    internal int Count(int examples) => Samples > 1 ? (examples + Samples - 1) / Samples : examples * BlocksPerSample;
}
