using System.Numerics;
using Kappa.Tensors.Cpu.Elementwise;
using Kappa.Tensors.Cpu.Reductions;
using Kappa.Tensors.Cpu.Rows;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Memory;

namespace Kappa.Tensors.Cpu;

/// <content>Sums over, and combinations by, the channels of [batch, channels, pixels].</content>
internal sealed unsafe partial class CpuBackend
{
    /// <summary>The most terms of a combination.</summary>
    private const int MaximumTerms = 4;

    internal override void ChannelSums(Tensor a, Tensor? shiftA, Tensor b, Tensor? shiftB, int batch, int channels, int pixels, Tensor sums)
    {
        double* shiftsA = Of<double>(shiftA), shiftsB = Of<double>(shiftB);
        var to = new Span<double>(sums.Pointer<double>(), 2 * channels);
        if (a.DataType == DataType.Float32)
            ChannelSums<float>(a, shiftsA, b, shiftsB, batch, channels, pixels, to);
        else
            ChannelSums<double>(a, shiftsA, b, shiftsB, batch, channels, pixels, to);
    }

    internal override void ChannelCombine(
        ReadOnlySpan<ChannelTerm> terms, Tensor offsets, int batch, int channels, int pixels, Tensor result, bool accumulate)
    {
        if (result.DataType == DataType.Float32)
            ChannelCombine<float>(terms, offsets, batch, channels, pixels, result, accumulate);
        else
            ChannelCombine<double>(terms, offsets, batch, channels, pixels, result, accumulate);
    }

    /// <summary>Made of the two above, which go over the memory once each.</summary>
    internal override double BatchNorm(
        Tensor x, Tensor? weight, Tensor? bias, double epsilon, Action<double[]>? overPieces, Tensor mean, Tensor variance, Tensor y) =>
        base.BatchNorm(x, weight, bias, epsilon, overPieces, mean, variance, y);

    /// <inheritdoc cref="BatchNorm"/>
    internal override void BatchNormGradients(
        Tensor x, Tensor? weight, BatchStatistics statistics, Tensor gradient, GradientTarget toX, GradientTarget toWeight, GradientTarget toBias) =>
        base.BatchNormGradients(x, weight, statistics, gradient, toX, toWeight, toBias);

    private static void ChannelSums<T>(Tensor a, double* shiftA, Tensor b, double* shiftB, int batch, int channels, int pixels, Span<double> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (channels == 0)
            return;
        if (pixels == 1)
        {
            Columns<T, ColumnTerm>(a, null, shiftA, shiftB, batch, channels, result[..channels]);
            Columns<T, ColumnProductTerm>(a, b, shiftA, shiftB, batch, channels, result[channels..]);
            return;
        }

        using var sums = Scratch<double>.Rent(2 * batch * channels);
        var rows = new ChannelSumRows<T> { A = a.Pointer<T>(), B = b.Pointer<T>(), ShiftA = shiftA, ShiftB = shiftB, Channels = channels, Pixels = pixels,
            Sums = Address(sums.Span) };
        RunRows(rows, batch * channels, pixels);
        var totals = new SumRows<double> { X = rows.Sums, Length = batch, Inner = 2 * channels };
        new ReadOnlySpan<double>(totals.Sums(0, batch), 2 * channels).CopyTo(result);
    }

    /// <summary>The sums down columns, which are channels of one pixel, by ranges of rows.</summary>
    private static void Columns<T, TTerm>(Tensor a, Tensor? b, double* shiftA, double* shiftB, int batch, int channels, Span<double> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTerm : struct, ISumTerm, IColumnTerm<TTerm>
    {
        int ranges = (int)Math.Clamp((long)batch * channels / SumLength, 1, MaximumRanges);
        int width = PairwiseSums.Columns(channels);
        // Narrow rows are summed several at a time, and meet their shifts again.
        double[] repeatedA = Repeated(shiftA, channels, width), repeatedB = Repeated(shiftB, channels, width);
        using var parts = Scratch<double>.Rent(ranges * channels);
        fixed (double* firstShifts = repeatedA, secondShifts = repeatedB)
        {
            var rows = new ColumnRows<T, TTerm>
            {
                A = a.Pointer<T>(), B = Of<T>(b), Batch = batch, Channels = channels, Ranges = ranges, Term = TTerm.Of(firstShifts, secondShifts),
                    Parts = Address(parts.Span),
            };
            RunRows(rows, ranges, batch / ranges * channels);
        }

        var totals = new SumRows<double> { X = Address(parts.Span), Length = ranges, Inner = channels };
        new ReadOnlySpan<double>(totals.Sums(0, ranges), channels).CopyTo(result);
    }

    private static double[] Repeated(double* shifts, int channels, int width)
    {
        double[] repeated = new double[width];
        for (int i = 0; i < width && shifts != null; i++)
            repeated[i] = shifts[i % channels];
        return repeated;
    }

    private static void ChannelCombine<T>(
        ReadOnlySpan<ChannelTerm> terms, Tensor offsets, int batch, int channels, int pixels, Tensor result, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T** inputs = stackalloc T*[MaximumTerms];
        var lines = new Line[MaximumTerms * channels];
        for (int i = 0; i < terms.Length; i++)
        {
            inputs[i] = terms[i].Tensor.Pointer<T>();
            double* factors = terms[i].Factors.Pointer<double>(), shifts = Of<double>(terms[i].Shifts);
            for (int c = 0; c < channels; c++)
                lines[(MaximumTerms * c) + i] = new(factors[c], shifts == null ? 0 : shifts[c]);
        }

        var rows = new ChannelRows<T>
        {
            Inputs = inputs, Terms = terms.Length, Lines = lines, Offsets = offsets.Pointer<double>(), Channels = channels, Pixels = pixels,
            Result = result.Pointer<T>(),
                Accumulate = accumulate,
        };
        RunRows(rows, batch * channels, pixels);
    }

    private struct ChannelSumRows<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* A, B;
        internal double* ShiftA, ShiftB;
        internal int Channels, Pixels;

        /// <summary>[batch, both, channels].</summary>
        internal double* Sums;

        public readonly void Execute(int row)
        {
            nint start = (nint)row * Pixels;
            var (sample, channel) = Math.DivRem(row, Channels);
            double shiftA = ShiftA == null ? 0 : ShiftA[channel], shiftB = ShiftB == null ? 0 : ShiftB[channel];
            var (sum, product) = PairwiseSums.Rows<T, ShiftedTerm, ProductTerm>(A + start, B + start, Pixels, new(shiftA), new(shiftA, shiftB));
            double* sums = Sums + (2 * (nint)sample * Channels) + channel;
            sums[0] = sum;
            sums[Channels] = product;
        }
    }

    /// <summary>A row is one range of the batch.</summary>
    private struct ColumnRows<T, TTerm> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTerm : struct, ISumTerm
    {
        internal T* A, B;
        internal int Batch, Channels, Ranges;
        internal TTerm Term;
        internal double* Parts;

        public readonly void Execute(int row)
        {
            int first = (int)((long)Batch * row / Ranges), count = (int)((long)Batch * (row + 1) / Ranges) - first;
            nint start = (nint)first * Channels;
            double* sums = Workspace.Rent<double>(Workspace.Purpose.Sums, PairwiseSums.Room(Channels, count));
            PairwiseSums.Down(new SummedRows<T> { A = A + start, B = B == null ? null : B + start, Stride = Channels, Width = Channels }, count, Term, sums);
            new ReadOnlySpan<double>(sums, Channels).CopyTo(new Span<double>(Parts + ((nint)row * Channels), Channels));
        }
    }

    private struct ChannelRows<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T** Inputs;
        internal int Terms;

        /// <summary>[channels, terms].</summary>
        internal Line[] Lines;

        internal double* Offsets;
        internal int Channels, Pixels;
        internal bool Accumulate;
        internal T* Result;

        public readonly void Execute(int row)
        {
            int channel = row % Channels, line = MaximumTerms * channel;
            nint start = (nint)row * Pixels;
            T* first = Inputs[0] + start, second = Terms > 1 ? Inputs[1] + start : null, result = Result + start;
            double offset = Offsets[channel];
            if (Terms == 1)
            {
                Widened.Map(first, null, null, null, result, Pixels, Accumulate, new LineFunction(Lines[line], offset));
            }
            else if (Terms == 2)
            {
                Widened.Map(first, second, null, null, result, Pixels, Accumulate, new PairFunction(Lines[line], Lines[line + 1], offset));
            }
            else
            {
                var all = new SumFunction(Lines[line], Lines[line + 1], Lines[line + 2], Lines[line + 3], offset);
                Widened.Map(first, second, Inputs[2] + start, Terms > 3 ? Inputs[3] + start : null, result, Pixels, Accumulate, all);
            }
        }
    }
}
