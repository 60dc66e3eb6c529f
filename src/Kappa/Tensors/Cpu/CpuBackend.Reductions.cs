using System.Numerics;
using System.Numerics.Tensors;
using Kappa.Tensors.Cpu.Elementwise;
using Kappa.Tensors.Cpu.Reductions;
using Kappa.Tensors.Cpu.Rows;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Memory;

namespace Kappa.Tensors.Cpu;

/// <content>Reductions.</content>
internal sealed unsafe partial class CpuBackend
{
    /// <summary>Elements that one chunk of a long sum takes.</summary>
    private const int SumLength = 256 * 1024;

    private const int MaximumRanges = 64;

    internal override void Sum(Tensor x, int outer, int length, int inner, double divisor, Tensor result, bool accumulate)
    {
        if (result.DataType == DataType.Float32)
            Sum(x.Pointer<float>(), outer, length, inner, divisor, result.Pointer<float>(), accumulate);
        else
            Sum(x.Pointer<double>(), outer, length, inner, divisor, result.Pointer<double>(), accumulate);
    }

    internal override void Max(Tensor x, int outer, int length, int inner, Tensor result)
    {
        if (result.DataType == DataType.Float32)
            Max(x.Pointer<float>(), outer, length, inner, result.Pointer<float>());
        else
            Max(x.Pointer<double>(), outer, length, inner, result.Pointer<double>());
    }

    internal override double SumOfSquaredDifferences(Tensor a, Tensor b) => a.DataType == DataType.Float32
        ? Total<float, SquaredDifferenceTerm>(a, b, default)
        : Total<double, SquaredDifferenceTerm>(a, b, default);

    internal override double SumOfSquares(Tensor x) => x.DataType == DataType.Float32
        ? Total<float, SquareTerm>(x, null, new(0))
        : Total<double, SquareTerm>(x, null, new(0));

    internal override double Dot(Tensor a, Tensor b) => a.DataType == DataType.Float32
        ? Total<float, ProductTerm>(a, b, new(0, 0))
        : Total<double, ProductTerm>(a, b, new(0, 0));

    /// <summary>A sum over all elements, by ranges that depend on their number alone.</summary>
    private static double Total<T, TTerm>(Tensor a, Tensor? b, TTerm term)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTerm : struct, ISumTerm
    {
        int ranges = (int)Math.Clamp(a.Count / SumLength, 1, MaximumRanges);
        double* sums = stackalloc double[MaximumRanges];
        RunRows(new RangeSums<T, TTerm> { A = a.Pointer<T>(), B = Of<T>(b), Count = a.Count, Ranges = ranges, Term = term, Sums = sums }, ranges,
            a.Count / ranges);
        return PairwiseSums.Row<double, PlainTerm>(sums, null, ranges, default);
    }

    private static void Sum<T>(T* x, int outer, int length, int inner, double divisor, T* result, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (outer == 0 || inner == 0)
            return;
        long size = (long)length * inner;
        int ranges = (int)Math.Clamp(Math.Min(size / SumLength, length / 2), 1, MaximumRanges);
        var rows = new SumRows<T> { X = x, Length = length, Inner = inner, Ranges = ranges, Divisor = divisor, Accumulate = accumulate, Result = result };
        if (ranges == 1)
        {
            RunRows(rows, outer, (int)size);
            return;
        }

        // Each range leaves its sums, and these are summed in turn.
        int count = outer * ranges * inner;
        using var parts = Scratch<double>.Rent(count);
        rows.Parts = Address(parts.Span);
        RunRows(rows, outer * ranges, (int)(size / ranges));
        for (int o = 0; o < outer; o++)
        {
            var totals = new SumRows<double> { X = rows.Parts + ((long)o * ranges * inner), Length = ranges, Inner = inner };
            rows.Finish(o, totals.Sums(0, ranges));
        }
    }

    private static void Max<T>(T* x, int outer, int length, int inner, T* result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int o = 0; o < outer; o++)
        {
            T* block = x + ((long)o * length * inner);
            if (inner == 1)
            {
                result[o] = TensorPrimitives.Max(new ReadOnlySpan<T>(block, length));
                continue;
            }

            var largest = new Span<T>(result + ((long)o * inner), inner);
            new ReadOnlySpan<T>(block, inner).CopyTo(largest);
            for (int i = 1; i < length; i++)
                TensorPrimitives.Max(largest, new ReadOnlySpan<T>(block + ((long)i * inner), inner), largest);
        }
    }

    /// <summary>Sums over the middle axis of [outer, length, inner]: a row is one range of it, of one entry of the outer axis.</summary>
    private struct SumRows<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* X, Result;
        internal int Length, Inner, Ranges;
        internal double Divisor;
        internal bool Accumulate;

        /// <summary>Takes the sums of the ranges, where there are several.</summary>
        internal double* Parts;

        public readonly void Execute(int row)
        {
            var (o, range) = Math.DivRem(row, Ranges);
            int first = (int)((long)Length * range / Ranges), end = (int)((long)Length * (range + 1) / Ranges);
            double sum = 0;
            double* sums = &sum;
            if (Inner == 1)
                sum = PairwiseSums.Row<T, PlainTerm>(X + ((long)o * Length) + first, null, end - first, default);
            else
                sums = Sums(((long)o * Length) + first, end - first);
            if (Parts == null)
                Finish(o, sums);
            else
                new ReadOnlySpan<double>(sums, Inner).CopyTo(new Span<double>(Parts + ((long)row * Inner), Inner));
        }

        /// <summary>The sums over some of the [outer, length] rows, in working memory.</summary>
        internal readonly double* Sums(long first, int count)
        {
            T* x = X + (first * Inner);
            double* sums = Workspace.Rent<double>(Workspace.Purpose.Sums, PairwiseSums.Room(Inner, count));
            PairwiseSums.Down<T, PlainTerm>(new SummedRows<T> { A = x, Stride = Inner, Width = Inner }, count, default, sums);
            return sums;
        }

        internal readonly void Finish(int o, double* sums) => Widened.Round(sums, Divisor, Result + ((long)o * Inner), Inner, Accumulate);
    }

    /// <summary>A row is one range of all elements.</summary>
    private struct RangeSums<T, TTerm> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTerm : struct, ISumTerm
    {
        internal T* A, B;
        internal int Count, Ranges;
        internal TTerm Term;
        internal double* Sums;

        public readonly void Execute(int row)
        {
            int first = (int)((long)Count * row / Ranges), end = (int)((long)Count * (row + 1) / Ranges);
            Sums[row] = PairwiseSums.Row(A + first, B == null ? null : B + first, end - first, Term);
        }
    }
}
