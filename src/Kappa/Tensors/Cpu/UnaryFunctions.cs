using System.Numerics;
using System.Numerics.Tensors;
using Kappa.Tensors.Kernels;
using MathNet.Numerics;

namespace Kappa.Tensors.Cpu;

/// <summary>Elementwise functions of one argument.</summary>
internal static unsafe class UnaryFunctions
{
    internal static void Run<T>(UnaryKernel kernel, T* x, T* result, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (kernel == UnaryKernel.Relu)
        {
            Vectorized.Map<T, ReluFunction<T>>(x, result, count, default);
            return;
        }

        if (kernel == UnaryKernel.SquaredRelu)
        {
            Vectorized.Map<T, SquaredReluFunction<T>>(x, result, count, default);
            return;
        }

        var job = new Job<T> { Kernel = kernel, X = x, Result = result, Count = count };
        WorkerPool.Run(Vectorized.Chunks(count), ref job);
    }

    /// <summary>Applies a function to one run of elements, on this thread.</summary>
    internal static void Range<T>(UnaryKernel kernel, ReadOnlySpan<T> x, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        switch (kernel)
        {
            case UnaryKernel.Identity: x.CopyTo(result); break;
            case UnaryKernel.Negate: TensorPrimitives.Negate(x, result); break;
            case UnaryKernel.Exp: TensorPrimitives.Exp(x, result); break;
            case UnaryKernel.Log: TensorPrimitives.Log(x, result); break;
            case UnaryKernel.Sqrt: TensorPrimitives.Sqrt(x, result); break;
            case UnaryKernel.Square: TensorPrimitives.Multiply(x, x, result); break;
            case UnaryKernel.Abs: TensorPrimitives.Abs(x, result); break;
            case UnaryKernel.Reciprocal: TensorPrimitives.Reciprocal(x, result); break;
            case UnaryKernel.Tanh: TensorPrimitives.Tanh(x, result); break;
            case UnaryKernel.Sigmoid: TensorPrimitives.Sigmoid(x, result); break;
            case UnaryKernel.Gelu: Gelu(x, result); break;
            case UnaryKernel.Silu: Silu(x, result); break;
            case UnaryKernel.SquaredRelu:
                fixed (T* from = x, to = result)
                    Vectorized.Map<T, SquaredReluFunction<T>>(from, to, x.Length, default);
                break;
            default:
                fixed (T* from = x, to = result)
                    Vectorized.Map<T, ReluFunction<T>>(from, to, x.Length, default);
                break;
        }
    }

    /// <summary>The standard normal distribution function, exact to rounding in double precision.</summary>
    internal static double NormalCdf(double x) => 0.5 * SpecialFunctions.Erfc(-x / Math.Sqrt(2));

    private static void Gelu<T>(ReadOnlySpan<T> x, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < x.Length; i++)
        {
            double value = double.CreateTruncating(x[i]);
            result[i] = T.CreateTruncating(value * NormalCdf(value));
        }
    }

    private static void Silu<T>(ReadOnlySpan<T> x, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int Block = 256;
        Span<T> sigmoid = stackalloc T[Block];
        for (int start = 0; start < x.Length; start += Block)
        {
            int length = Math.Min(Block, x.Length - start);
            TensorPrimitives.Sigmoid(x.Slice(start, length), sigmoid);
            TensorPrimitives.Multiply(x.Slice(start, length), sigmoid[..length], result[start..]);
        }
    }

    private struct Job<T> : IParallelJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal UnaryKernel Kernel;
        internal T* X;
        internal T* Result;
        internal int Count;

        public readonly void Execute(int chunk)
        {
            int start = chunk * CpuBackend.ChunkLength;
            int length = Math.Min(CpuBackend.ChunkLength, Count - start);
            Range(Kernel, new ReadOnlySpan<T>(X + start, length), new Span<T>(Result + start, length));
        }
    }
}
