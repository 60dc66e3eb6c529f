using System.Numerics;
using System.Numerics.Tensors;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu.Elementwise;

/// <summary>Elementwise functions of one argument.</summary>
internal static unsafe class UnaryFunctions
{
    internal static void Run<T>(UnaryKernel kernel, T* x, T* result, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        switch (kernel)
        {
            case UnaryKernel.Relu: Vectorized.Map<T, ReluFunction<T>>(x, result, count, default); return;
            case UnaryKernel.SquaredRelu: Vectorized.Map<T, ValueOf<T, SquaredReluCurve<T>>>(x, result, count, default); return;
            case UnaryKernel.Tanh: Vectorized.Map<T, ValueOf<T, TanhCurve<T>>>(x, result, count, default); return;
            case UnaryKernel.Sigmoid: Vectorized.Map<T, ValueOf<T, SigmoidCurve<T>>>(x, result, count, default); return;
            case UnaryKernel.Silu: Vectorized.Map<T, ValueOf<T, SiluCurve<T>>>(x, result, count, default); return;
            case UnaryKernel.Gelu: Vectorized.Map<T, ValueOf<T, GeluCurve<T>>>(x, result, count, default); return;
            case UnaryKernel.Erf: Vectorized.Map<T, ValueOf<T, ErfCurve<T>>>(x, result, count, default); return;
            case UnaryKernel.Sin: Vectorized.Map<T, ValueOf<T, SineCurve<T>>>(x, result, count, default); return;
            case UnaryKernel.Cos: Vectorized.Map<T, ValueOf<T, CosineCurve<T>>>(x, result, count, default); return;
            default: break;
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
            default:
                fixed (T* from = x, to = result)
                    Run(kernel, from, to, x.Length);
                break;
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
