using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Kappa.Tensors.Cpu.Elementwise;
using Kappa.Tensors.Cpu.Reductions;
using Kappa.Tensors.Cpu.Rows;

namespace Kappa.Tensors.Cpu.Losses;

/// <summary>
/// A loss of elements, or its derivatives, over one chunk of all elements, in double precision: written to a result, rounded once, or summed up. A row is one
/// chunk, whose length is fixed, so that sums do not depend on the number of threads.
/// </summary>
internal unsafe struct LossChunks<T, TLoss> : IRowFunction
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TLoss : struct, IElementLoss
{
    private const int Block = 256;

    /// <summary>a, b and c, and the tangents of each; null where there are none.</summary>
    internal T* A, B, C, TangentA, TangentB, TangentC;

    /// <summary>Weights, each for so many elements; null where all are 1.</summary>
    internal T* Weights;
    internal int Repeat;

    internal double[] Parameters;
    internal double Smoothing;
    internal int Count;

    /// <summary>The input at which derivatives are taken; -1 for the loss itself, and, with tangents, how it changes.</summary>
    internal int Input;
    internal double Scale;

    /// <summary>What the derivative is multiplied by and added where tangents are followed; null for none.</summary>
    internal double? Change;

    /// <summary>Takes the elements; null where they are summed.</summary>
    internal T* Result;

    /// <summary>Takes the sum of each chunk.</summary>
    internal double* Sums;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int row)
    {
        double* memory = stackalloc double[9 * Block];
        double* sums = stackalloc double[CpuBackend.ChunkLength / Block];
        int start = row * CpuBackend.ChunkLength, chunk = Math.Min(Count - start, CpuBackend.ChunkLength), blocks = 0;
        for (int offset = 0; offset < chunk; offset += Block)
        {
            int at = start + offset, length = Math.Min(Block, chunk - offset);
            double* values = memory + (8 * Block);
            Evaluate(at, length, memory, values);
            if (Sums == null)
                Widened.Round(values, 1, Result + at, length, accumulate: false);
            else
                sums[blocks++] = PairwiseSums.Row<double, PlainTerm>(values, null, length, default);
        }

        if (Sums != null)
            Sums[row] = PairwiseSums.Row<double, PlainTerm>(sums, null, blocks, default);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Evaluate(int at, int length, double* memory, double* values)
    {
        double* a = Load(A, at, length, memory), b = Load(B, at, length, memory + Block), c = Load(C, at, length, memory + (2 * Block));
        double* tangentA = Load(TangentA, at, length, memory + (3 * Block)), tangentB = Load(TangentB, at, length, memory + (4 * Block));
        double* tangentC = Load(TangentC, at, length, memory + (5 * Block)), weights = LoadWeights(at, length, memory + (6 * Block));
        double* parameters = LoadParameters(at, length, memory + (7 * Block));
        var zero = Vector<double>.Zero;
        for (int i = 0; i < length; i += Vector<double>.Count)
        {
            var p = parameters == null ? new Vector<double>(Parameters[0]) : Vector.Load(parameters + i);
            var x = new LossArguments(Vector.Load(a + i), Vector.Load(b + i), c == null ? zero : Vector.Load(c + i), p, Smoothing);
            Vector<double> value;
            if (tangentA == null && tangentB == null && tangentC == null)
            {
                value = Input < 0 ? TLoss.Value(x) : TLoss.Slope(x, Input) * Scale;
            }
            else
            {
                value = zero;
                if (tangentA != null)
                    value += Times(x, 0) * Vector.Load(tangentA + i);
                if (tangentB != null)
                    value += Times(x, 1) * Vector.Load(tangentB + i);
                if (tangentC != null)
                    value += Times(x, 2) * Vector.Load(tangentC + i);
                value *= Scale;
                if (Change is { } change)
                    value += TLoss.Slope(x, Input) * change;
            }

            if (weights != null)
            {
                var weight = Vector.Load(weights + i);
                value = Vector.ConditionalSelect(Vector.Equals(weight, zero), zero, weight * value);
            }

            value.Store(values + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Vector<double> Times(in LossArguments x, int moved) => Input < 0 ? TLoss.Slope(x, moved) : TLoss.Curvature(x, Input, moved);

    /// <summary>A block in double precision; what stands behind its end does not matter.</summary>
    private static double* Load(T* source, int at, int length, double* block)
    {
        if (source == null)
            return null;
        var to = new Span<double>(block, length);
        if (typeof(T) == typeof(float))
            TensorPrimitives.ConvertTruncating(new ReadOnlySpan<float>(source + at, length), to);
        else
            new ReadOnlySpan<double>(source + at, length).CopyTo(to);
        return block;
    }

    private readonly double* LoadWeights(int at, int length, double* block)
    {
        if (Weights == null)
            return null;
        if (Repeat == 1)
            return Load(Weights, at, length, block);
        int weight = Math.DivRem(at, Repeat, out int used);
        for (int i = 0; i < length; i++)
        {
            block[i] = double.CreateTruncating(Weights[weight]);
            if (++used == Repeat)
                (weight, used) = (weight + 1, 0);
        }

        return block;
    }

    private readonly double* LoadParameters(int at, int length, double* block)
    {
        if (Parameters.Length == 1)
            return null;
        int column = at % Parameters.Length;
        for (int i = 0; i < length; i++)
        {
            block[i] = Parameters[column];
            if (++column == Parameters.Length)
                column = 0;
        }

        return block;
    }
}
