using System.Numerics;
using System.Runtime.CompilerServices;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu.Convolution;

/// <summary>
/// The patches that a convolution reads, as rows of a matrix. Images are held with the channels last, [row][column][channel], so that a row of a patch is one
/// run of memory: unfolding is then a few long copies for each pixel, however small the image.
/// </summary>
/// <remarks>The patches of a group are [pixels, kernel height, kernel width, channels of the group]; those of the next group follow.</remarks>
internal static unsafe class Patches
{
    /// <summary>Writes the patches of output rows y0 to y1 of one image.</summary>
    /// <param name="g">The lengths.</param>
    /// <param name="image">Input rows with channels last, from row <paramref name="firstRow"/> on.</param>
    /// <param name="firstRow">The input row that <paramref name="image"/> starts with.</param>
    /// <param name="y0">The first output row.</param>
    /// <param name="y1">The output row to stop before.</param>
    /// <param name="patches">The patches of the first group.</param>
    /// <param name="groupStride">Elements from the patches of one group to those of the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Unfold<T>(in ConvolutionGeometry g, T* image, int firstRow, int y0, int y1, T* patches, nint groupStride)
        where T : unmanaged
    {
        int channels = g.InputChannels, inGroup = g.GroupInputs, kernelWidth = g.KernelWidth, outputWidth = g.OutputWidth;
        int segment = kernelWidth * inGroup;
        bool runs = g.Dilation == 1 && g.Groups == 1;
        for (int group = 0; group < g.Groups; group++)
        {
            T* to = patches + (group * groupStride);
            for (int y = y0; y < y1; y++)
            {
                for (int x = 0; x < outputWidth; x++)
                {
                    int left = (x * g.Stride) - g.Padding;
                    for (int i = 0; i < g.KernelHeight; i++, to += segment)
                    {
                        int row = (y * g.Stride) - g.Padding + (i * g.Dilation);
                        if ((uint)row >= (uint)g.Height)
                        {
                            Clear(to, segment);
                            continue;
                        }

                        T* from = image + ((nint)(row - firstRow) * g.Width * channels) + (group * inGroup);
                        if (runs)
                        {
                            int first = Math.Clamp(-left, 0, kernelWidth), end = Math.Clamp(g.Width - left, first, kernelWidth);
                            Clear(to, first * inGroup);
                            Copy(from + ((nint)(left + first) * channels), to + (first * inGroup), (end - first) * inGroup);
                            Clear(to + (end * inGroup), (kernelWidth - end) * inGroup);
                            continue;
                        }

                        for (int j = 0; j < kernelWidth; j++)
                        {
                            int column = left + (j * g.Dilation);
                            if ((uint)column < (uint)g.Width)
                                Copy(from + ((nint)column * channels), to + (j * inGroup), inGroup);
                            else
                                Clear(to + (j * inGroup), inGroup);
                        }
                    }
                }
            }
        }
    }

    /// <summary>Adds patches of output rows y0 to y1 to where they were read from: the transpose of <see cref="Unfold"/>, over a whole image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Fold<T>(in ConvolutionGeometry g, T* patches, nint groupStride, int y0, int y1, T* image)
        where T : unmanaged, INumberBase<T>
    {
        int channels = g.InputChannels, inGroup = g.GroupInputs, kernelWidth = g.KernelWidth, outputWidth = g.OutputWidth;
        int segment = kernelWidth * inGroup;
        bool runs = g.Dilation == 1 && g.Groups == 1;
        for (int group = 0; group < g.Groups; group++)
        {
            T* from = patches + (group * groupStride);
            for (int y = y0; y < y1; y++)
            {
                for (int x = 0; x < outputWidth; x++)
                {
                    int left = (x * g.Stride) - g.Padding;
                    for (int i = 0; i < g.KernelHeight; i++, from += segment)
                    {
                        int row = (y * g.Stride) - g.Padding + (i * g.Dilation);
                        if ((uint)row >= (uint)g.Height)
                            continue;
                        T* to = image + ((nint)row * g.Width * channels) + (group * inGroup);
                        if (runs)
                        {
                            int first = Math.Clamp(-left, 0, kernelWidth), end = Math.Clamp(g.Width - left, first, kernelWidth);
                            Add(from + (first * inGroup), to + ((nint)(left + first) * channels), (end - first) * inGroup);
                            continue;
                        }

                        for (int j = 0; j < kernelWidth; j++)
                        {
                            int column = left + (j * g.Dilation);
                            if ((uint)column < (uint)g.Width)
                                Add(from + (j * inGroup), to + ((nint)column * channels), inGroup);
                        }
                    }
                }
            }
        }
    }

    /// <summary>to += from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add<T>(T* from, T* to, int count)
        where T : unmanaged, INumberBase<T>
    {
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            Unsafe.WriteUnaligned(to + i, Unsafe.ReadUnaligned<Vector<T>>(to + i) + Unsafe.ReadUnaligned<Vector<T>>(from + i));
        for (; i < count; i++)
            to[i] += from[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<T>(T* from, T* to, int count)
        where T : unmanaged
    {
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            Unsafe.WriteUnaligned(to + i, Unsafe.ReadUnaligned<Vector<T>>(from + i));
        for (; i < count; i++)
            to[i] = from[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Clear<T>(T* to, int count)
        where T : unmanaged
    {
        for (int i = 0; i < count; i++)
            to[i] = default;
    }
}
