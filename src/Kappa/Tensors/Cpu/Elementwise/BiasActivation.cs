using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu.Elementwise;

/// <summary>The end of a linear layer: adds the bias to each row and applies the activation, in one pass over memory.</summary>
internal static unsafe class BiasActivation
{
    private const int ElementsPerChunk = CpuBackend.ChunkLength;

    /// <summary>Adds the bias to product in place when the activation goes elsewhere, and writes y.</summary>
    internal static void Run<T>(int rows, int columns, T* product, T* bias, UnaryKernel activation, T* y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (columns == 0)
            return;
        int rowsPerChunk = Math.Max(1, ElementsPerChunk / columns);
        var job = new Job<T> { Rows = rows, Columns = columns, RowsPerChunk = rowsPerChunk, Product = product, Bias = bias, Activation = activation, Y = y };
        WorkerPool.Run((rows + rowsPerChunk - 1) / rowsPerChunk, ref job);
    }

    /// <summary>max(y + bias, 0) in place, for one bias; NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddRelu<T>(T* y, int count, T bias)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int i = 0;
        var biases = new Vector<T>(bias);
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            var sum = Unsafe.ReadUnaligned<Vector<T>>(y + i) + biases;
            Unsafe.WriteUnaligned(y + i, Vector.ConditionalSelect(Vector.LessThan(sum, Vector<T>.Zero), Vector<T>.Zero, sum));
        }

        for (; i < count; i++)
        {
            T sum = y[i] + bias;
            y[i] = sum < T.Zero ? T.Zero : sum;
        }
    }

    private struct Job<T> : IParallelJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal int Rows;
        internal int Columns;
        internal int RowsPerChunk;
        internal T* Product;
        internal T* Bias;
        internal UnaryKernel Activation;
        internal T* Y;

        public readonly void Execute(int chunk)
        {
            int first = chunk * RowsPerChunk;
            int end = Math.Min(first + RowsPerChunk, Rows);
            if (Bias != null && Activation == UnaryKernel.Relu && Product == Y)
            {
                AddRelu(first, end);
                return;
            }

            if (Bias != null)
                AddBias(first, end);
            int count = (end - first) * Columns;
            if (Activation != UnaryKernel.Identity)
            {
                UnaryFunctions.Range(
                    Activation, new ReadOnlySpan<T>(Product + ((long)first * Columns), count), new Span<T>(Y + ((long)first * Columns), count));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void AddRelu(int first, int end)
        {
            for (int row = first; row < end; row++)
            {
                T* y = Y + ((long)row * Columns);
                int i = 0;
                for (; i <= Columns - Vector<T>.Count; i += Vector<T>.Count)
                {
                    var sum = Unsafe.ReadUnaligned<Vector<T>>(y + i) + Unsafe.ReadUnaligned<Vector<T>>(Bias + i);
                    Unsafe.WriteUnaligned(y + i, Vector.ConditionalSelect(Vector.LessThan(sum, Vector<T>.Zero), Vector<T>.Zero, sum));
                }

                for (; i < Columns; i++)
                {
                    T sum = y[i] + Bias[i];
                    y[i] = sum < T.Zero ? T.Zero : sum;
                }
            }
        }

        private readonly void AddBias(int first, int end)
        {
            var bias = new ReadOnlySpan<T>(Bias, Columns);
            for (int row = first; row < end; row++)
            {
                var span = new Span<T>(Product + ((long)row * Columns), Columns);
                TensorPrimitives.Add(span, bias, span);
            }
        }
    }
}
