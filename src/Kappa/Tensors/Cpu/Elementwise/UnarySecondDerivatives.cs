using System.Numerics;
using System.Runtime.CompilerServices;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu.Elementwise;

/// <summary>Second derivatives of elementwise functions: gradient times f''(x) times tangent, from x and y = f(x).</summary>
internal static unsafe class UnarySecondDerivatives
{
    /// <summary>f''(x), for vectors and for the elements left over.</summary>
    private interface ISecondDerivative<T>
        where T : unmanaged
    {
        Vector<T> Invoke(Vector<T> x, Vector<T> y);

        T Invoke(T x, T y);
    }

    internal static void Run<T>(UnaryKernel kernel, T* x, T* y, T* gradient, T* tangent, T* result, int count, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        switch (kernel)
        {
            case UnaryKernel.Exp: Run<T, OfExp<T>>(x, y, gradient, tangent, result, count, accumulate); break;
            case UnaryKernel.Log: Run<T, OfLog<T>>(x, y, gradient, tangent, result, count, accumulate); break;
            case UnaryKernel.Sqrt: Run<T, OfSqrt<T>>(x, y, gradient, tangent, result, count, accumulate); break;
            case UnaryKernel.Square: Run<T, OfSquare<T>>(x, y, gradient, tangent, result, count, accumulate); break;
            case UnaryKernel.Reciprocal: Run<T, OfReciprocal<T>>(x, y, gradient, tangent, result, count, accumulate); break;
            case UnaryKernel.Tanh: Run<T, CurvatureOf<T, TanhCurve<T>>>(x, y, gradient, tangent, result, count, accumulate); break;
            case UnaryKernel.Sigmoid: Run<T, CurvatureOf<T, SigmoidCurve<T>>>(x, y, gradient, tangent, result, count, accumulate); break;
            case UnaryKernel.Gelu: Run<T, CurvatureOf<T, GeluCurve<T>>>(x, y, gradient, tangent, result, count, accumulate); break;
            case UnaryKernel.SquaredRelu: Run<T, CurvatureOf<T, SquaredReluCurve<T>>>(x, y, gradient, tangent, result, count, accumulate); break;
            case UnaryKernel.Silu: Run<T, CurvatureOf<T, SiluCurve<T>>>(x, y, gradient, tangent, result, count, accumulate); break;
            case UnaryKernel.Erf: Run<T, CurvatureOf<T, ErfCurve<T>>>(x, y, gradient, tangent, result, count, accumulate); break;
            case UnaryKernel.Sin: Run<T, CurvatureOf<T, SineCurve<T>>>(x, y, gradient, tangent, result, count, accumulate); break;
            case UnaryKernel.Cos: Run<T, CurvatureOf<T, CosineCurve<T>>>(x, y, gradient, tangent, result, count, accumulate); break;
            default: throw new ArgumentOutOfRangeException(nameof(kernel), kernel, "its second derivative is zero everywhere, so nobody should ask for it");
        }
    }

    private static void Run<T, TFunction>(T* x, T* y, T* gradient, T* tangent, T* result, int count, bool accumulate)
        where T : unmanaged, INumberBase<T>
        where TFunction : struct, ISecondDerivative<T>
    {
        var job = new Job<T, TFunction> { X = x, Y = y, Gradient = gradient, Tangent = tangent, Result = result, Count = count, Accumulate = accumulate };
        WorkerPool.Run(Vectorized.Chunks(count), ref job);
    }

    private struct Job<T, TFunction> : IParallelJob
        where T : unmanaged, INumberBase<T>
        where TFunction : struct, ISecondDerivative<T>
    {
        internal T* X;
        internal T* Y;
        internal T* Gradient;
        internal T* Tangent;
        internal T* Result;
        internal int Count;
        internal bool Accumulate;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Execute(int chunk)
        {
            int i = chunk * CpuBackend.ChunkLength;
            int end = Math.Min(i + CpuBackend.ChunkLength, Count);
            var function = default(TFunction);
            for (; i <= end - Vector<T>.Count; i += Vector<T>.Count)
            {
                var curvature = function.Invoke(Unsafe.ReadUnaligned<Vector<T>>(X + i), Unsafe.ReadUnaligned<Vector<T>>(Y + i));
                var value = Unsafe.ReadUnaligned<Vector<T>>(Gradient + i) * curvature * Unsafe.ReadUnaligned<Vector<T>>(Tangent + i);
                Unsafe.WriteUnaligned(Result + i, Accumulate ? value + Unsafe.ReadUnaligned<Vector<T>>(Result + i) : value);
            }

            for (; i < end; i++)
            {
                var value = Gradient[i] * function.Invoke(X[i], Y[i]) * Tangent[i];
                Result[i] = Accumulate ? value + Result[i] : value;
            }
        }
    }

    private readonly struct OfExp<T> : ISecondDerivative<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Vector<T> Invoke(Vector<T> x, Vector<T> y) => y;

        public T Invoke(T x, T y) => y;
    }

    private readonly struct OfLog<T> : ISecondDerivative<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Vector<T> Invoke(Vector<T> x, Vector<T> y) => -Vector<T>.One / x / x;

        public T Invoke(T x, T y) => -T.One / x / x;
    }

    private readonly struct OfSqrt<T> : ISecondDerivative<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Vector<T> Invoke(Vector<T> x, Vector<T> y) => new Vector<T>(T.CreateTruncating(-0.25)) / y / y / y;

        public T Invoke(T x, T y) => T.CreateTruncating(-0.25) / y / y / y;
    }

    private readonly struct OfSquare<T> : ISecondDerivative<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Vector<T> Invoke(Vector<T> x, Vector<T> y) => new(T.CreateTruncating(2));

        public T Invoke(T x, T y) => T.CreateTruncating(2);
    }

    private readonly struct OfReciprocal<T> : ISecondDerivative<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Vector<T> Invoke(Vector<T> x, Vector<T> y) => (y + y) * y * y;

        public T Invoke(T x, T y) => (y + y) * y * y;
    }

    private readonly struct CurvatureOf<T, TCurve> : ISecondDerivative<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TCurve : struct, ICurve<T>
    {
        public Vector<T> Invoke(Vector<T> x, Vector<T> y) => TCurve.Curvature(x);

        public T Invoke(T x, T y) => TCurve.Curvature(Vector.Create(x))[0];
    }
}
