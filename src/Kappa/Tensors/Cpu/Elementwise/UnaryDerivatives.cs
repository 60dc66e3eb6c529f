using System.Numerics;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu.Elementwise;

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
            case UnaryKernel.SquaredRelu when x == y: Vectorized.Zip<T, SquaredReluDerivative<T>>(gradient, y, result, count, default); break;
            case UnaryKernel.SquaredRelu: Vectorized.Zip<T, SlopeOf<T, SquaredReluCurve<T>>>(gradient, x, result, count, default); break;
            case UnaryKernel.Tanh: Vectorized.Zip<T, SlopeOf<T, TanhCurve<T>>>(gradient, x, result, count, default); break;
            case UnaryKernel.Sigmoid: Vectorized.Zip<T, SlopeOf<T, SigmoidCurve<T>>>(gradient, x, result, count, default); break;
            case UnaryKernel.Exp: Vectorized.Zip<T, MultiplyFunction<T>>(gradient, y, result, count, default); break;
            case UnaryKernel.Log: Vectorized.Zip<T, DivideFunction<T>>(gradient, x, result, count, default); break;
            case UnaryKernel.Sqrt: Vectorized.Zip<T, SqrtDerivative<T>>(gradient, y, result, count, default); break;
            case UnaryKernel.Square: Vectorized.Zip<T, SquareDerivative<T>>(gradient, x, result, count, default); break;
            case UnaryKernel.Abs: Vectorized.Zip<T, AbsDerivative<T>>(gradient, x, result, count, default); break;
            case UnaryKernel.Reciprocal: Vectorized.Zip<T, ReciprocalDerivative<T>>(gradient, y, result, count, default); break;
            case UnaryKernel.Silu: Vectorized.Zip<T, SlopeOf<T, SiluCurve<T>>>(gradient, x, result, count, default); break;
            case UnaryKernel.Gelu: Vectorized.Zip<T, SlopeOf<T, GeluCurve<T>>>(gradient, x, result, count, default); break;
            case UnaryKernel.Erf: Vectorized.Zip<T, SlopeOf<T, ErfCurve<T>>>(gradient, x, result, count, default); break;
            case UnaryKernel.Sin: Vectorized.Zip<T, SlopeOf<T, SineCurve<T>>>(gradient, x, result, count, default); break;
            case UnaryKernel.Cos: Vectorized.Zip<T, SlopeOf<T, CosineCurve<T>>>(gradient, x, result, count, default); break;
            default: throw new ArgumentOutOfRangeException(nameof(kernel), kernel, "it has no derivative");
        }
    }

    /// <summary>From y, which is zero or NaN where it is not above zero.</summary>
    private readonly struct ReluDerivative<T> : IZipFunction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Vector<T> Invoke(Vector<T> a, Vector<T> b) => Vector.ConditionalSelect(Vector.GreaterThan(b, Vector<T>.Zero), a, b);

        public T Invoke(T a, T b) => b > T.Zero ? a : b;
    }

    /// <summary>2 max(x, 0), which is 2 sqrt(y).</summary>
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

    private readonly struct SqrtDerivative<T> : IZipFunction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Vector<T> Invoke(Vector<T> a, Vector<T> b) => a / (b + b);

        public T Invoke(T a, T b) => a / (b + b);
    }

    private readonly struct SquareDerivative<T> : IZipFunction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Vector<T> Invoke(Vector<T> a, Vector<T> b)
        {
            var product = a * b;
            return product + product;
        }

        public T Invoke(T a, T b)
        {
            T product = a * b;
            return product + product;
        }
    }

    /// <summary>Zero at zero, NaN at NaN.</summary>
    private readonly struct AbsDerivative<T> : IZipFunction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Vector<T> Invoke(Vector<T> a, Vector<T> b) => Vector.ConditionalSelect(
            Vector.GreaterThan(b, Vector<T>.Zero), a, Vector.ConditionalSelect(Vector.LessThan(b, Vector<T>.Zero), -a, b));

        public T Invoke(T a, T b) => b > T.Zero ? a : b < T.Zero ? -a : b;
    }

    private readonly struct ReciprocalDerivative<T> : IZipFunction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Vector<T> Invoke(Vector<T> a, Vector<T> b) => -(a * b * b);

        public T Invoke(T a, T b) => -(a * b * b);
    }
}
