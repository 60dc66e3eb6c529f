using System.Numerics;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu;

/// <summary>Elementwise derivatives: gradient times f'(x), from x and y = f(x).</summary>
internal static unsafe class UnaryDerivatives
{
    internal static void Run<T>(UnaryKernel kernel, T* x, T* y, T* gradient, T* result, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        switch (kernel)
        {
            case UnaryKernel.Identity: UnaryFunctions.Run(UnaryKernel.Identity, gradient, result, count); break;
            case UnaryKernel.Negate: UnaryFunctions.Run(UnaryKernel.Negate, gradient, result, count); break;
            case UnaryKernel.Relu: Vectorized.Zip<T, ReluDerivative<T>>(gradient, y, result, count, default); break;
            case UnaryKernel.SquaredRelu: Vectorized.Zip<T, SquaredReluDerivative<T>>(gradient, y, result, count, default); break;
            case UnaryKernel.Tanh: Vectorized.Zip<T, TanhDerivative<T>>(gradient, y, result, count, default); break;
            case UnaryKernel.Sigmoid: Vectorized.Zip<T, SigmoidDerivative<T>>(gradient, y, result, count, default); break;
            case UnaryKernel.Exp: Vectorized.Zip<T, MultiplyFunction<T>>(gradient, y, result, count, default); break;
            case UnaryKernel.Log: Vectorized.Zip<T, DivideFunction<T>>(gradient, x, result, count, default); break;
            case UnaryKernel.Sqrt: Vectorized.Zip<T, SqrtDerivative<T>>(gradient, y, result, count, default); break;
            case UnaryKernel.Square: Vectorized.Zip<T, SquareDerivative<T>>(gradient, x, result, count, default); break;
            case UnaryKernel.Abs: Vectorized.Zip<T, AbsDerivative<T>>(gradient, x, result, count, default); break;
            case UnaryKernel.Reciprocal: Vectorized.Zip<T, ReciprocalDerivative<T>>(gradient, y, result, count, default); break;
            default:
                var job = new ScalarJob<T> { Kernel = kernel, X = x, Gradient = gradient, Result = result, Count = count };
                WorkerPool.Run(Vectorized.Chunks(count), ref job);
                break;
        }
    }

    /// <summary>The derivative of x Phi(x): Phi(x) + x phi(x).</summary>
    private static double GeluSlope(double x) => UnaryFunctions.NormalCdf(x) + (x * Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI));

    /// <summary>The derivative of x s(x): s + x s (1 - s).</summary>
    private static double SiluSlope(double x)
    {
        double sigmoid = 1 / (1 + Math.Exp(-x));
        return sigmoid + (x * sigmoid * (1 - sigmoid));
    }

    private struct ScalarJob<T> : IParallelJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal UnaryKernel Kernel;
        internal T* X;
        internal T* Gradient;
        internal T* Result;
        internal int Count;

        public readonly void Execute(int chunk)
        {
            int start = chunk * CpuBackend.ChunkLength;
            int end = Math.Min(start + CpuBackend.ChunkLength, Count);
            for (int i = start; i < end; i++)
            {
                double x = double.CreateTruncating(X[i]);
                double slope = Kernel == UnaryKernel.Gelu ? GeluSlope(x) : SiluSlope(x);
                Result[i] = Gradient[i] * T.CreateTruncating(slope);
            }
        }
    }

    private readonly struct ReluDerivative<T> : IZipFunction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Vector<T> Invoke(Vector<T> a, Vector<T> b) => Vector.ConditionalSelect(Vector.GreaterThan(b, Vector<T>.Zero), a, Vector<T>.Zero);

        public T Invoke(T a, T b) => b > T.Zero ? a : T.Zero;
    }

    /// <summary>2 max(x, 0), which is 2 sqrt(y): so x itself need not be kept.</summary>
    private readonly struct SquaredReluDerivative<T> : IZipFunction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Vector<T> Invoke(Vector<T> a, Vector<T> b)
        {
            var root = Vector.SquareRoot(b);
            return a * (root + root);
        }

        public T Invoke(T a, T b)
        {
            T root = T.Sqrt(b);
            return a * (root + root);
        }
    }

    private readonly struct TanhDerivative<T> : IZipFunction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Vector<T> Invoke(Vector<T> a, Vector<T> b) => a * (Vector<T>.One - (b * b));

        public T Invoke(T a, T b) => a * (T.One - (b * b));
    }

    private readonly struct SigmoidDerivative<T> : IZipFunction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Vector<T> Invoke(Vector<T> a, Vector<T> b) => a * (b * (Vector<T>.One - b));

        public T Invoke(T a, T b) => a * (b * (T.One - b));
    }

    private readonly struct SqrtDerivative<T> : IZipFunction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Vector<T> Invoke(Vector<T> a, Vector<T> b) => a / (b + b);

        public T Invoke(T a, T b) => a / (b + b);
    }

    private readonly struct SquareDerivative<T> : IZipFunction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Vector<T> Invoke(Vector<T> a, Vector<T> b) => a * (b + b);

        public T Invoke(T a, T b) => a * (b + b);
    }

    private readonly struct AbsDerivative<T> : IZipFunction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Vector<T> Invoke(Vector<T> a, Vector<T> b) => Vector.ConditionalSelect(
            Vector.GreaterThan(b, Vector<T>.Zero), a, Vector.ConditionalSelect(Vector.LessThan(b, Vector<T>.Zero), -a, Vector<T>.Zero));

        public T Invoke(T a, T b) => b > T.Zero ? a : b < T.Zero ? -a : T.Zero;
    }

    private readonly struct ReciprocalDerivative<T> : IZipFunction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Vector<T> Invoke(Vector<T> a, Vector<T> b) => -(a * b * b);

        public T Invoke(T a, T b) => -(a * b * b);
    }
}
