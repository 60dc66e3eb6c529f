using System.Numerics;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Memory;

namespace Kappa.Tensors.Cpu;

/// <content>Sums over, and combinations by, the channels of [batch, channels, pixels].</content>
internal sealed unsafe partial class CpuBackend
{
    /// <summary>The most terms of a combination.</summary>
    private const int MaximumTerms = 4;

    internal override double[] ChannelDots(Tensor a, double[]? shiftA, Tensor? b, double[]? shiftB, int batch, int channels, int pixels) => a.DataType == DataType.Float32
        ? ChannelDots<float>(a, shiftA, b, shiftB, batch, channels, pixels)
        : ChannelDots<double>(a, shiftA, b, shiftB, batch, channels, pixels);

    internal override void ChannelCombine(ReadOnlySpan<ChannelTerm> terms, double[] offsets, int batch, int channels, int pixels, Tensor result, bool accumulate)
    {
        if (result.DataType == DataType.Float32)
            ChannelCombine<float>(terms, offsets, batch, channels, pixels, result, accumulate);
        else
            ChannelCombine<double>(terms, offsets, batch, channels, pixels, result, accumulate);
    }

    private static double[] ChannelDots<T>(Tensor a, double[]? shiftA, Tensor? b, double[]? shiftB, int batch, int channels, int pixels)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] none = new double[channels];
        if (pixels == 1)
            return b is null ? Columns<T, ColumnTerm>(a, null, shiftA ?? none, none, batch, channels) : Columns<T, ColumnProductTerm>(a, b, shiftA ?? none, shiftB ?? none, batch, channels);
        using var sums = Scratch<double>.Rent(batch * channels);
        var rows = new ChannelDotRows<T> { A = a.Pointer<T>(), B = Of<T>(b), ShiftA = shiftA ?? none, ShiftB = shiftB ?? none, Channels = channels, Pixels = pixels, Sums = Address(sums.Span) };
        RunRows(rows, batch * channels, pixels);
        var totals = new SumRows<double> { X = rows.Sums, Length = batch, Inner = channels };
        return new ReadOnlySpan<double>(totals.Sums(0, batch), channels).ToArray();
    }

    /// <summary>The sums down columns, which are channels of one pixel, by ranges of rows.</summary>
    private static double[] Columns<T, TTerm>(Tensor a, Tensor? b, double[] shiftA, double[] shiftB, int batch, int channels)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTerm : struct, ISumTerm, IColumnTerm<TTerm>
    {
        int ranges = (int)Math.Clamp((long)batch * channels / SumLength, 1, MaximumRanges);
        int width = PairwiseSums.Columns(channels);
        // Narrow rows are summed several at a time, and meet their shifts again.
        double[] repeatedA = [.. Enumerable.Range(0, width).Select(i => shiftA[i % channels])], repeatedB = [.. Enumerable.Range(0, width).Select(i => shiftB[i % channels])];
        using var parts = Scratch<double>.Rent(ranges * channels);
        fixed (double* firstShifts = repeatedA, secondShifts = repeatedB)
        {
            var rows = new ColumnRows<T, TTerm>
            {
                A = a.Pointer<T>(), B = Of<T>(b), Batch = batch, Channels = channels, Ranges = ranges, Term = TTerm.Of(firstShifts, secondShifts), Parts = Address(parts.Span),
            };
            RunRows(rows, ranges, batch / ranges * channels);
        }

        var totals = new SumRows<double> { X = Address(parts.Span), Length = ranges, Inner = channels };
        return new ReadOnlySpan<double>(totals.Sums(0, ranges), channels).ToArray();
    }

    private static void ChannelCombine<T>(ReadOnlySpan<ChannelTerm> terms, double[] offsets, int batch, int channels, int pixels, Tensor result, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] factors = new double[MaximumTerms * channels], shifts = new double[MaximumTerms * channels];
        T** inputs = stackalloc T*[MaximumTerms];
        for (int i = 0; i < MaximumTerms; i++)
        {
            inputs[i] = i < terms.Length ? terms[i].Tensor.Pointer<T>() : null;
            if (i >= terms.Length)
                continue;
            terms[i].Factors.CopyTo(factors, i * channels);
            terms[i].Shifts?.CopyTo(shifts, i * channels);
        }

        RunRows(
            new ChannelRows<T> { Inputs = inputs, Factors = factors, Shifts = shifts, Offsets = offsets, Channels = channels, Pixels = pixels, Result = result.Pointer<T>(), Accumulate = accumulate },
            batch * channels, pixels);
    }

    private struct ChannelDotRows<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* A, B;
        internal double[] ShiftA, ShiftB;
        internal int Channels, Pixels;
        internal double* Sums;

        public readonly void Execute(int row)
        {
            nint start = (nint)row * Pixels;
            int channel = row % Channels;
            Sums[row] = B == null
                ? PairwiseSums.Row<T, ShiftedTerm>(A + start, null, Pixels, new(ShiftA[channel]))
                : PairwiseSums.Row<T, ProductTerm>(A + start, B + start, Pixels, new(ShiftA[channel], ShiftB[channel]));
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
        internal double[] Factors, Shifts;
        internal double[] Offsets;
        internal int Channels, Pixels;
        internal bool Accumulate;
        internal T* Result;

        public readonly void Execute(int row)
        {
            int channel = row % Channels;
            nint start = (nint)row * Pixels;
            var function = new Function(
                Offsets[channel],
                new(Factors[channel], Shifts[channel]), new(Factors[Channels + channel], Shifts[Channels + channel]),
                new(Factors[(2 * Channels) + channel], Shifts[(2 * Channels) + channel]), new(Factors[(3 * Channels) + channel], Shifts[(3 * Channels) + channel]));
            Widened.Map(At(0, start), At(1, start), At(2, start), At(3, start), Result + start, Pixels, Accumulate, function);
        }

        private readonly T* At(int input, nint start) => Inputs[input] == null ? null : Inputs[input] + start;

        private readonly record struct Line(double Factor, double Shift)
        {
            internal Vector<double> At(Vector<double> x) => (x - new Vector<double>(Shift)) * new Vector<double>(Factor);

            internal double At(double x) => (x - Shift) * Factor;
        }

        private readonly struct Function(double offset, Line first, Line second, Line third, Line fourth) : IWideFunction
        {
            public static int Inputs => MaximumTerms;

            public Vector<double> Invoke(Vector<double> a, Vector<double> b, Vector<double> c, Vector<double> d) =>
                first.At(a) + second.At(b) + third.At(c) + fourth.At(d) + new Vector<double>(offset);

            public double Invoke(double a, double b, double c, double d) => first.At(a) + second.At(b) + third.At(c) + fourth.At(d) + offset;
        }
    }
}
