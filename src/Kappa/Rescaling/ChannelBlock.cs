using System.Numerics;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Rescaling;

/// <summary>A range of a convolution's output channels, few enough that the squares of their weights take a megabyte: those of a whole layer may be a large
/// part of a model's memory.</summary>
internal readonly record struct ChannelBlock(int First, int AllChannels, ConvolutionGeometry Geometry)
{
    /// <summary>The most weights in a block.</summary>
    private const int Elements = 1 << 17;

    internal int Channels => Geometry.OutputChannels;

    /// <summary>The blocks of a convolution, in order; one block where the channels of several examples or groups do not lie together.</summary>
    internal static IEnumerable<ChannelBlock> Of(ConvolutionGeometry geometry)
    {
        int all = geometry.OutputChannels;
        // A power of two, so that layers of different widths have blocks of the same size, which share their memory.
        int most = geometry.Batch == 1 && geometry.Groups == 1 ? 1 << BitOperations.Log2((uint)Math.Max(1, Elements / Math.Max(1, geometry.PatchLength))) : all;
        for (int first = 0; first < all; first += most)
            yield return new ChannelBlock(first, all, geometry with { OutputChannels = Math.Min(most, all - first) });
    }

    /// <summary>These channels of an output or of its gradient, over the same memory.</summary>
    internal Tensor Of(Tensor output)
    {
        using var channels = output.Alias([AllChannels, output.Count / AllChannels]);
        return channels.Range(First, Channels);
    }
}
