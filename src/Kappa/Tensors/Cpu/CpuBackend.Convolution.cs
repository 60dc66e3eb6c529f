using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kappa.Tensors.Cpu.Convolution;
using Kappa.Tensors.Cpu.Elementwise;
using Kappa.Tensors.Cpu.Products;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Memory;

namespace Kappa.Tensors.Cpu;

/// <content>Convolutions.</content>
internal sealed unsafe partial class CpuBackend
{
    /// <summary>Elements that are unfolded at a time.</summary>
    private const long UnfoldedElements = 1 << 20;

    internal override void Convolution(
        in ConvolutionGeometry geometry, Tensor x, Tensor weight, Tensor? bias, UnaryKernel activation, Tensor? beforeActivation, Tensor y, bool accumulate)
    {
        if (y.Count == 0)
            return;
        if (y.DataType == DataType.Float32)
            Convolve<float>(geometry, x, weight, bias, activation, beforeActivation, y, accumulate);
        else
            Convolve<double>(geometry, x, weight, bias, activation, beforeActivation, y, accumulate);
    }

    internal override void InferConvolution(
        in ConvolutionGeometry geometry, Tensor x, Tensor weight, Tensor? bias, ChannelNormalization? normalization, UnaryKernel activation, Tensor y)
    {
        if (y.Count == 0)
            return;
        if (y.DataType == DataType.Float32)
            Convolve<float>(geometry, x, weight, bias, activation, null, y, false, normalization, KeptWeights.Find<float>(geometry, weight));
        else
            Convolve<double>(geometry, x, weight, bias, activation, null, y, false, normalization, KeptWeights.Find<double>(geometry, weight));
    }

    internal override void ConvolutionGradients(
        in ConvolutionGeometry geometry, Tensor? x, Tensor? weight, Tensor gradient, GradientTarget toX, GradientTarget toWeight, GradientTarget toBias)
    {
        if (gradient.DataType == DataType.Float32)
            ConvolveBack<float>(geometry, x, weight, gradient, toX, toWeight, toBias);
        else
            ConvolveBack<double>(geometry, x, weight, gradient, toX, toWeight, toBias);
    }

    internal override void UnfoldPatches(in ConvolutionGeometry geometry, Tensor x, Tensor patches)
    {
        if (patches.DataType == DataType.Float32)
            Unfold<float>(geometry, x, patches);
        else
            Unfold<double>(geometry, x, patches);
    }

    private static void Convolve<T>(
        in ConvolutionGeometry geometry, Tensor x, Tensor weight, Tensor? bias, UnaryKernel activation, Tensor? beforeActivation, Tensor y, bool accumulate,
        ChannelNormalization? normalization = null, KeptWeights? kept = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* inputsFirst = null;
        if (kept is null)
        {
            inputsFirst = Workspace.Rent<T>(Workspace.Purpose.ConvolutionWeights, (long)geometry.WeightCount + ConvolutionWeights.StripCount(geometry));
            ConvolutionWeights.ToInputsFirst(geometry, weight.Pointer<T>(), inputsFirst + geometry.WeightCount, inputsFirst);
        }

        var job = new ConvolutionForward<T>
        {
            Geometry = geometry,
            Blocks = new ConvolutionBlocks(geometry, sizeof(T)),
            X = x.Pointer<T>(),
            Weight = inputsFirst,
            Kept = kept,
            Factors = Of<double>(normalization?.Factors),
            Shifts = Of<double>(normalization?.Shifts),
            Offsets = Of<double>(normalization?.Offsets),
            Bias = bias is null ? null : bias.Pointer<T>(),
            Activation = activation,
            Product = (beforeActivation ?? y).Pointer<T>(),
            Y = y.Pointer<T>(),
            Accumulate = accumulate,
        };
        WorkerPool.Run(job.Blocks.Count(geometry.Batch), ref job);
        GC.KeepAlive(kept);
    }

    private static void ConvolveBack<T>(
        in ConvolutionGeometry geometry, Tensor? x, Tensor? weight, Tensor gradient, GradientTarget toX, GradientTarget toWeight, GradientTarget toBias)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int ranges = ConvolutionBackward<T>.RangeCount(geometry);
        int weights = geometry.WeightCount, outputs = geometry.OutputChannels;
        using var reordered = Scratch<T>.Rent(weights);
        var blocks = new ConvolutionBlocks(geometry, sizeof(T));
        bool isLong = toWeight.Tensor is not null && ConvolutionBackward<T>.IsLong(geometry, blocks, ranges);
        using var shares = Scratch<T>.Rent(toWeight.Tensor is null ? 1 : Math.Max(1L, ranges) * weights);
        using var parts = Scratch<T>.Rent(isLong ? 2L * ranges * weights : 1);
        using var biasShares = Scratch<double>.Rent(Math.Max(1L, ranges) * outputs);
        var job = new ConvolutionBackward<T>
        {
            Geometry = geometry,
            Blocks = blocks,
            Ranges = ranges,
            Gradient = gradient.Pointer<T>(),
        };
        if (toX.Tensor is not null)
        {
            job.Weight = Address(reordered.Span);
            ConvolutionWeights.ToChannelsLast(geometry, weight!.Pointer<T>(), job.Weight);
            job.ToX = toX.Tensor.Pointer<T>();
            job.AddToX = toX.Accumulate;
        }

        if (toWeight.Tensor is not null)
        {
            job.X = x!.Pointer<T>();
            job.WeightShares = Address(shares.Span);
            job.WeightParts = parts.Span.Length > 1 ? Address(parts.Span) : null;
        }

        if (toBias.Tensor is not null)
            job.BiasShares = Address(biasShares.Span);
        if (ranges > 0)
        {
            WorkerPool.Run(ranges, ref job);
        }
        else
        {
            shares.Span.Clear();
            biasShares.Span.Clear();
        }

        if (toWeight.Tensor is not null)
        {
            Total(Address(shares.Span), ranges, weights);
            if (toWeight.Accumulate)
            {
                ConvolutionWeights.ToChannelsFirst(geometry, Address(shares.Span), Address(reordered.Span));
                Patches.Add(Address(reordered.Span), toWeight.Tensor.Pointer<T>(), weights);
            }
            else
            {
                ConvolutionWeights.ToChannelsFirst(geometry, Address(shares.Span), toWeight.Tensor.Pointer<T>());
            }
        }

        if (toBias.Tensor is null)
            return;
        Total(Address(biasShares.Span), ranges, outputs);
        T* destination = toBias.Tensor.Pointer<T>();
        for (int i = 0; i < outputs; i++)
            Widened.Store(biasShares.Span[i] + (toBias.Accumulate ? Widened.Load(destination + i) : 0), destination + i);
    }

    /// <summary>Adds the shares to the first one, in order.</summary>
    private static void Total<T>(T* shares, int ranges, int count)
        where T : unmanaged, INumberBase<T>
    {
        for (int range = 1; range < ranges; range++)
            Patches.Add(shares + ((nint)range * count), shares, count);
    }

    /// <summary>Rows [batch, y, x] of patches [in, kernel], in the order of the weight; the rows of a group after those of the one before.</summary>
    private static void Unfold<T>(in ConvolutionGeometry geometry, Tensor x, Tensor patches)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int kernel = geometry.KernelHeight * geometry.KernelWidth, length = geometry.PatchLength;
        nint rows = (nint)geometry.Batch * geometry.OutputPixels;
        // Some output rows at a time, so that the memory is that of an image, however large the patches are together.
        long rowLength = (long)geometry.OutputWidth * length * geometry.Groups;
        int most = (int)Math.Clamp(UnfoldedElements / Math.Max(1, rowLength), 1, Math.Max(1, geometry.OutputHeight));
        nint imageCount = (nint)geometry.InputPixels * geometry.InputChannels;
        using var room = Scratch<T>.Rent(imageCount + (most * rowLength) + 1);
        T* image = Address(room.Span);
        T* last = image + imageCount;
        for (int sample = 0; sample < geometry.Batch; sample++)
        {
            for (int y = 0; y < geometry.OutputHeight; y += most)
            {
                int end = Math.Min(y + most, geometry.OutputHeight), pixels = (end - y) * geometry.OutputWidth;
                nint groupStride = (nint)pixels * length;
                ConvolutionForward<T>.Gather(geometry, x.Pointer<T>(), sample, y, end, image, last, groupStride);
                for (int group = 0; group < geometry.Groups; group++)
                {
                    T* to = patches.Pointer<T>() + (((group * rows) + ((nint)sample * geometry.OutputPixels) + ((nint)y * geometry.OutputWidth)) * length);
                    T* from = last + (group * groupStride);
                    for (nint at = 0; at < groupStride; at += length)
                        Transposition.Copy(from + at, geometry.GroupInputs, to + at, kernel, kernel, geometry.GroupInputs);
                }
            }
        }
    }

    private static T* Address<T>(Span<T> span)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(span));
}
