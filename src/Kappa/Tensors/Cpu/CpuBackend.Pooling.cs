using System.Numerics;
using System.Runtime.CompilerServices;
using Kappa.Tensors.Cpu.Elementwise;
using Kappa.Tensors.Cpu.Reductions;
using Kappa.Tensors.Cpu.Rows;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu;

/// <content>Pooling and sorting: operations that pick elements.</content>
internal sealed unsafe partial class CpuBackend
{
    internal override void MaxPool(in PoolingGeometry geometry, Tensor x, Tensor y, Tensor winners)
    {
        if (x.DataType == DataType.Float32)
        {
            RunRows(new MaxPoolPlanes<float> { Geometry = geometry, X = x.Pointer<float>(), Y = y.Pointer<float>(), Winners = winners.Pointer<int>() },
                geometry.Planes, geometry.InputPixels);
        }
        else
        {
            RunRows(new MaxPoolPlanes<double> { Geometry = geometry, X = x.Pointer<double>(), Y = y.Pointer<double>(), Winners = winners.Pointer<int>() },
                geometry.Planes, geometry.InputPixels);
        }
    }

    internal override void AveragePool(in PoolingGeometry geometry, Tensor x, Tensor y)
    {
        if (x.DataType == DataType.Float32)
        {
            RunRows(new AveragePoolPlanes<float> { Geometry = geometry, X = x.Pointer<float>(), Y = y.Pointer<float>() }, geometry.Planes,
                geometry.InputPixels);
        }
        else
        {
            RunRows(new AveragePoolPlanes<double> { Geometry = geometry, X = x.Pointer<double>(), Y = y.Pointer<double>() }, geometry.Planes,
                geometry.InputPixels);
        }
    }

    internal override void AveragePoolDerivative(in PoolingGeometry geometry, Tensor gradient, Tensor result, bool accumulate)
    {
        if (result.DataType == DataType.Float32)
        {
            RunRows(new AveragePoolDerivativePlanes<float> { Geometry = geometry, Gradient = gradient.Pointer<float>(), Result = result.Pointer<float>(),
                Accumulate = accumulate }, geometry.Planes, geometry.InputPixels);
        }
        else
        {
            RunRows(new AveragePoolDerivativePlanes<double> { Geometry = geometry, Gradient = gradient.Pointer<double>(), Result = result.Pointer<double>(),
                Accumulate = accumulate }, geometry.Planes, geometry.InputPixels);
        }
    }

    internal override void GroupSort(Tensor x, int batch, int channels, int pixels, int group, bool descending, Tensor y, Tensor order)
    {
        int groups = batch * (channels / group);
        if (x.DataType == DataType.Float32)
        {
            RunRows(new SortedGroups<float> { X = x.Pointer<float>(), Y = y.Pointer<float>(), Order = order.Pointer<int>(), Pixels = pixels, Group = group,
                Descending = descending }, groups, group * pixels);
        }
        else
        {
            RunRows(new SortedGroups<double> { X = x.Pointer<double>(), Y = y.Pointer<double>(), Order = order.Pointer<int>(), Pixels = pixels, Group = group,
                Descending = descending }, groups, group * pixels);
        }
    }

    internal override void Select(Tensor x, Tensor indices, Tensor result)
    {
        int* from = indices.Pointer<int>();
        if (x.DataType == DataType.Float32)
        {
            float* source = x.Pointer<float>(), destination = result.Pointer<float>();
            for (int i = 0; i < result.Count; i++)
                destination[i] = source[from[i]];
        }
        else
        {
            double* source = x.Pointer<double>(), destination = result.Pointer<double>();
            for (int i = 0; i < result.Count; i++)
                destination[i] = source[from[i]];
        }
    }

    internal override void SelectDerivative(Tensor gradient, Tensor indices, int blocks, bool repeats, Tensor result, bool accumulate)
    {
        if (blocks == 0)
            return;
        int outputs = gradient.Count / blocks, inputs = result.Count / blocks;
        if (result.DataType == DataType.Float32)
        {
            RunRows(new SelectDerivativeBlocks<float> { Gradient = gradient.Pointer<float>(), Indices = indices.Pointer<int>(),
                Result = result.Pointer<float>(), Outputs = outputs, Inputs = inputs, Repeats = repeats, Accumulate = accumulate }, blocks, inputs);
        }
        else
        {
            RunRows(new SelectDerivativeBlocks<double> { Gradient = gradient.Pointer<double>(), Indices = indices.Pointer<int>(),
                Result = result.Pointer<double>(), Outputs = outputs, Inputs = inputs, Repeats = repeats, Accumulate = accumulate }, blocks, inputs);
        }
    }

    private struct MaxPoolPlanes<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal PoolingGeometry Geometry;
        internal T* X, Y;
        internal int* Winners;

        public readonly void Execute(int row)
        {
            var g = Geometry;
            int outputHeight = g.OutputHeight, outputWidth = g.OutputWidth, start = row * g.InputPixels;
            T* y = Y + ((nint)row * g.OutputPixels);
            int* winners = Winners + ((nint)row * g.OutputPixels);
            bool pairs = typeof(T) == typeof(float) && g.Kernel == 2 && g.Stride == 2 && g.Padding == 0 && MaxOfPairs.IsFit(outputWidth);
            // The windows of a row that lie within it.
            int within = (g.Padding + g.Stride - 1) / g.Stride;
            int end = Math.Min(outputWidth, Math.Max(within, ((g.Width + g.Padding - g.Kernel) / g.Stride) + 1));
            bool windows = typeof(T) == typeof(float) && MaxOfWindows.IsFit(end - within);
            for (int i = 0; i < outputHeight; i++)
            {
                if (pairs)
                {
                    int first = start + (2 * i * g.Width);
                    MaxOfPairs.Row((float*)X + first, first, g.Width, outputWidth, (float*)y, winners);
                    y += outputWidth;
                    winners += outputWidth;
                    continue;
                }

                int top = Math.Max((i * g.Stride) - g.Padding, 0), bottom = Math.Min((i * g.Stride) - g.Padding + g.Kernel, g.Height);
                for (int j = 0; j < outputWidth; j++)
                {
                    if (j == within && windows)
                    {
                        int first = start + (top * g.Width) + (j * g.Stride) - g.Padding, count = end - within;
                        MaxOfWindows.Row((float*)X + first, first, g.Width, bottom - top, g.Kernel, g.Stride, count, (float*)y, winners);
                        y += count;
                        winners += count;
                        j = end - 1;
                        continue;
                    }

                    int left = Math.Max((j * g.Stride) - g.Padding, 0), right = Math.Min((j * g.Stride) - g.Padding + g.Kernel, g.Width);
                    int winner = start + (top * g.Width) + left;
                    T best = X[winner];
                    for (int h = top; h < bottom; h++)
                    {
                        int at = start + (h * g.Width);
                        for (int w = at + left; w < at + right; w++)
                        {
                            T value = X[w];
                            if (value > best || (T.IsNaN(value) && !T.IsNaN(best)))
                                (best, winner) = (value, w);
                        }
                    }

                    *y++ = best;
                    *winners++ = winner;
                }
            }
        }
    }

    private struct AveragePoolPlanes<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        /// <summary>From this width on, vectors pay.</summary>
        private const int WideWindow = 16;

        internal PoolingGeometry Geometry;
        internal T* X, Y;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Execute(int row)
        {
            var g = Geometry;
            int outputHeight = g.OutputHeight, outputWidth = g.OutputWidth;
            T* x = X + ((nint)row * g.InputPixels);
            T* y = Y + ((nint)row * g.OutputPixels);
            double divisor = (double)g.Kernel * g.Kernel;
            for (int i = 0; i < outputHeight; i++)
            {
                int top = Math.Max((i * g.Stride) - g.Padding, 0), bottom = Math.Min((i * g.Stride) - g.Padding + g.Kernel, g.Height);
                for (int j = 0; j < outputWidth; j++)
                {
                    int left = Math.Max((j * g.Stride) - g.Padding, 0), right = Math.Min((j * g.Stride) - g.Padding + g.Kernel, g.Width);
                    double sum = 0;
                    bool isWide = right - left >= WideWindow;
                    for (int h = top; h < bottom; h++)
                    {
                        T* line = x + ((nint)h * g.Width);
                        if (isWide)
                            sum += PairwiseSums.Row<T, PlainTerm>(line + left, null, right - left, default);
                        for (int w = isWide ? right : left; w < right; w++)
                            sum += Widened.Load(line + w);
                    }

                    Widened.Store(sum / divisor, y++);
                }
            }
        }
    }

    private struct AveragePoolDerivativePlanes<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal PoolingGeometry Geometry;
        internal T* Gradient, Result;
        internal bool Accumulate;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Execute(int row)
        {
            var g = Geometry;
            int outputHeight = g.OutputHeight, outputWidth = g.OutputWidth;
            T* gradient = Gradient + ((nint)row * g.OutputPixels);
            T* result = Result + ((nint)row * g.InputPixels);
            bool overlap = g.Stride < g.Kernel;
            if (!Accumulate)
                new Span<T>(result, g.InputPixels).Clear();
            // Where windows overlap, an element takes many shares.
            double* shares = overlap ? Workspace.Rent<double>(Workspace.Purpose.Sums, g.InputPixels) : null;
            if (overlap)
                new Span<double>(shares, g.InputPixels).Clear();
            double divisor = (double)g.Kernel * g.Kernel;
            for (int i = 0; i < outputHeight; i++)
            {
                int top = Math.Max((i * g.Stride) - g.Padding, 0), bottom = Math.Min((i * g.Stride) - g.Padding + g.Kernel, g.Height);
                for (int j = 0; j < outputWidth; j++)
                {
                    int left = Math.Max((j * g.Stride) - g.Padding, 0), right = Math.Min((j * g.Stride) - g.Padding + g.Kernel, g.Width);
                    double share = Widened.Load(gradient++) / divisor;
                    T rounded = T.CreateTruncating(share);
                    for (int h = top; h < bottom; h++)
                    {
                        for (int at = (h * g.Width) + left; at < (h * g.Width) + right; at++)
                        {
                            if (overlap)
                                shares[at] += share;
                            else
                                result[at] += rounded;
                        }
                    }
                }
            }

            if (overlap)
                Widened.Round(shares, 1, result, g.InputPixels, accumulate: true);
        }
    }

    private struct SortedGroups<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* X, Y;
        internal int* Order;
        internal int Pixels, Group;
        internal bool Descending;

        /// <summary>By insertion: groups are short.</summary>
        public readonly void Execute(int row)
        {
            int start = row * Group * Pixels;
            for (int pixel = start; pixel < start + Pixels; pixel++)
            {
                for (int i = 0; i < Group; i++)
                {
                    int from = pixel + (i * Pixels);
                    T value = X[from];
                    int at = i;
                    for (; at > 0 && Precedes(value, Y[pixel + ((at - 1) * Pixels)]); at--)
                    {
                        Y[pixel + (at * Pixels)] = Y[pixel + ((at - 1) * Pixels)];
                        Order[pixel + (at * Pixels)] = Order[pixel + ((at - 1) * Pixels)];
                    }

                    Y[pixel + (at * Pixels)] = value;
                    Order[pixel + (at * Pixels)] = from;
                }
            }
        }

        /// <summary>NaN counts as larger than every number.</summary>
        private readonly bool Precedes(T a, T b) => Descending ? a > b || (T.IsNaN(a) && !T.IsNaN(b)) : a < b || (T.IsNaN(b) && !T.IsNaN(a));
    }

    private struct SelectDerivativeBlocks<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* Gradient, Result;
        internal int* Indices;
        internal int Outputs, Inputs;
        internal bool Repeats, Accumulate;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Execute(int row)
        {
            nint first = (nint)row * Inputs;
            T* result = Result + first;
            if (!Accumulate)
                new Span<T>(result, Inputs).Clear();
            T* gradient = Gradient + ((nint)row * Outputs);
            int* indices = Indices + ((nint)row * Outputs);
            if (!Repeats)
            {
                for (int i = 0; i < Outputs; i++)
                    Result[indices[i]] += gradient[i];
                return;
            }

            // Where windows overlap, an element may win many.
            double* shares = Workspace.Rent<double>(Workspace.Purpose.Sums, Inputs);
            new Span<double>(shares, Inputs).Clear();
            for (int i = 0; i < Outputs; i++)
                shares[indices[i] - first] += Widened.Load(gradient + i);
            Widened.Round(shares, 1, result, Inputs, accumulate: true);
        }
    }
}
