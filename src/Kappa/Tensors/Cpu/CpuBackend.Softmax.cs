using System.Numerics;
using System.Numerics.Tensors;
using Kappa.Tensors.Cpu.Elementwise;
using Kappa.Tensors.Cpu.Reductions;
using Kappa.Tensors.Cpu.Rows;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Tensors.Cpu;

/// <content>Softmax and its logarithm, and how they change.</content>
/// <remarks>
/// Probabilities sum to one, so that one near one leaves little that its own digits do not show. Derivatives therefore take what goes to the likeliest class as
/// minus the sum of what goes to the others, and compare every element with the one at that class.
/// </remarks>
internal sealed unsafe partial class CpuBackend
{
    internal override void Softmax(bool logarithm, Tensor x, int rows, int length, Tensor result)
    {
        if (x.DataType == DataType.Float32)
            RunRows(new SoftmaxRows<float> { X = x.Pointer<float>(), Result = result.Pointer<float>(), Logarithm = logarithm, Length = length }, rows, length);
        else
        {
            RunRows(new SoftmaxRows<double> { X = x.Pointer<double>(), Result = result.Pointer<double>(), Logarithm = logarithm, Length = length },
                rows, length);
        }
    }

    internal override void SoftmaxDerivative(bool logarithm, Tensor y, Tensor gradient, int rows, int length, Tensor result) =>
        SoftmaxDerivativeTangent(logarithm, y, null, null, gradient, rows, length, result);

    internal override void LogSoftmaxTangent(Tensor y, Tensor tangent, int rows, int length, Tensor result)
    {
        if (result.DataType == DataType.Float32)
        {
            RunRows(new LogSoftmaxTangentRows<float> { Y = y.Pointer<float>(), Tangent = tangent.Pointer<float>(), Result = result.Pointer<float>(),
                Length = length }, rows, length);
        }
        else
        {
            RunRows(new LogSoftmaxTangentRows<double> { Y = y.Pointer<double>(), Tangent = tangent.Pointer<double>(), Result = result.Pointer<double>(),
                Length = length }, rows, length);
        }
    }

    internal override void SoftmaxDerivativeTangent(
        bool logarithm, Tensor y, Tensor? outputTangent, Tensor? gradient, Tensor? gradientTangent, int rows, int length, Tensor result)
    {
        if (result.DataType == DataType.Float32)
            SoftmaxDerivativeTangent<float>(logarithm, y, outputTangent, gradient, gradientTangent, rows, length, result);
        else
            SoftmaxDerivativeTangent<double>(logarithm, y, outputTangent, gradient, gradientTangent, rows, length, result);
    }

    private static void SoftmaxDerivativeTangent<T>(
        bool logarithm, Tensor y, Tensor? outputTangent, Tensor? gradient, Tensor? gradientTangent, int rows, int length, Tensor result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var function = new SoftmaxDerivativeRows<T>
        {
            Logarithm = logarithm,
            Y = y.Pointer<T>(),
            // Without both, nothing changes by way of y.
            Tangent = gradient is null ? null : Of<T>(outputTangent),
            Gradient = outputTangent is null ? null : Of<T>(gradient),
            GradientTangent = Of<T>(gradientTangent),
            Result = result.Pointer<T>(),
            Length = length,
        };
        RunRows(function, rows, length);
    }

    private struct SoftmaxRows<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* X, Result;
        internal bool Logarithm;
        internal int Length;

        public readonly void Execute(int row)
        {
            T* x = X + ((long)row * Length), result = Result + ((long)row * Length);
            var from = new ReadOnlySpan<T>(x, Length);
            var to = new Span<T>(result, Length);
            if (!Logarithm)
            {
                double total = Exponential.Row(from, to, T.One, out _, out _);
                TensorPrimitives.Divide(to, T.CreateTruncating(total), to);
                return;
            }

            double logSum = Exponential.LogOfSum(to, Exponential.Row(from, to, T.One, out T largest, out _));
            if (T.IsPositiveInfinity(largest))
                TensorPrimitives.Log(to, to);
            else
                Widened.Map(x, null, null, null, result, Length, accumulate: false, new DifferenceFunction(double.CreateTruncating(largest), logSum));
        }
    }

    /// <summary>t - sum(p t), for p = exp(y), by way of differences from the likeliest class.</summary>
    private struct LogSoftmaxTangentRows<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* Y, Tangent, Result;
        internal int Length;

        public readonly void Execute(int row)
        {
            long start = (long)row * Length;
            T* p = Workspace.Rent<T>(Workspace.Purpose.Row, Length), tangent = Tangent + start;
            var y = new ReadOnlySpan<T>(Y + start, Length);
            TensorPrimitives.Exp(y, new Span<T>(p, Length));
            double shift = Widened.Load(tangent + Likeliest(y));
            double mean = PairwiseSums.Row<T, ProductTerm>(p, tangent, Length, new(0, shift));
            Widened.Map(tangent, null, null, null, Result + start, Length, accumulate: false, new DifferenceFunction(shift, mean));
        }
    }

    /// <summary>
    /// The derivative for a gradient g, and how it changes along a tangent of y: softmax y (g - y.g), changing by dy (g - y.g) - y (dy.g);
    /// its logarithm g - p sum(g), for p = exp(y), changing by -p dy sum(g).
    /// </summary>
    private struct SoftmaxDerivativeRows<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* Y, Tangent, Gradient, GradientTangent, Result;
        internal bool Logarithm;
        internal int Length;

        public readonly void Execute(int row)
        {
            long start = (long)row * Length;
            T* y = Y + start, result = Result + start;
            int top = Likeliest(new ReadOnlySpan<T>(y, Length));
            T* p = y;
            if (Logarithm)
            {
                p = Workspace.Rent<T>(Workspace.Purpose.Row, Length);
                TensorPrimitives.Exp(new ReadOnlySpan<T>(y, Length), new Span<T>(p, Length));
            }

            if (GradientTangent == null)
                new Span<T>(result, Length).Clear();
            else if (Logarithm)
                OfLogarithm(p, Widened.Load(y + top), GradientTangent + start, top, result);
            else
                OfSoftmax(p, GradientTangent + start, top, result);
            if (Tangent == null)
                return;
            T* gradient = Gradient + start, tangent = Tangent + start;
            if (Logarithm)
            {
                double total = PairwiseSums.Row<T, PlainTerm>(gradient, null, Length, default);
                Widened.Map(p, tangent, null, null, result, Length, accumulate: true, new ScaledProductFunction(-total));
                return;
            }

            double shift = Widened.Load(gradient + top);
            double mean = PairwiseSums.Row<T, ProductTerm>(p, gradient, Length, new(0, shift));
            double change = PairwiseSums.Row<T, ProductTerm>(tangent, gradient, Length, new(0, shift));
            Widened.Map(tangent, gradient, p, null, result, Length, accumulate: true, new ChangeFunction(shift, mean, change));
        }

        private readonly void OfSoftmax(T* p, T* gradient, int top, T* result)
        {
            double shift = Widened.Load(gradient + top);
            double mean = PairwiseSums.Row<T, ProductTerm>(p, gradient, Length, new(0, shift));
            Widened.Map(p, gradient, null, null, result, Length, accumulate: false, new WeighedFunction(shift, mean));
        }

        private readonly void OfLogarithm(T* p, double largest, T* gradient, int top, T* result)
        {
            // At the likeliest class, whose p may be all but one: g (1 - p) - p (the sum of the other g).
            double others = PairwiseSums.Row<T, PlainTerm>(gradient, null, top, default) + PairwiseSums.Row<T,
                PlainTerm>(gradient + top + 1, null, Length - top - 1, default);
            double own = Widened.Load(gradient + top);
            double atTop = (-Precise.ExpMinusOne(largest) * own) - (Math.Exp(largest) * others);
            Widened.Map(gradient, p, null, null, result, Length, accumulate: false, new LessFunction(own + others));
            Widened.Store(atTop, result + top);
        }
    }

    private static int Likeliest<T>(ReadOnlySpan<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Math.Max(0, TensorPrimitives.IndexOfMax(y));

    /// <summary>a - shift - mean, where the mean may be far below the shift.</summary>
    private readonly struct DifferenceFunction(double shift, double mean) : IWideFunction
    {
        public static int Inputs => 1;

        public Vector<double> Invoke(Vector<double> a, Vector<double> b, Vector<double> c, Vector<double> d) =>
            a - new Vector<double>(shift) - new Vector<double>(mean);

        public double Invoke(double a, double b, double c, double d) => a - shift - mean;
    }

    /// <summary>factor a b.</summary>
    private readonly struct ScaledProductFunction(double factor) : IWideFunction
    {
        public static int Inputs => 2;

        public Vector<double> Invoke(Vector<double> a, Vector<double> b, Vector<double> c, Vector<double> d) => a * b * new Vector<double>(factor);

        public double Invoke(double a, double b, double c, double d) => a * b * factor;
    }

    /// <summary>a (b - shift - mean), where the mean may be far below the shift.</summary>
    private readonly struct WeighedFunction(double shift, double mean) : IWideFunction
    {
        public static int Inputs => 2;

        public Vector<double> Invoke(Vector<double> a, Vector<double> b, Vector<double> c, Vector<double> d) =>
            a * (b - new Vector<double>(shift) - new Vector<double>(mean));

        public double Invoke(double a, double b, double c, double d) => a * (b - shift - mean);
    }

    /// <summary>a - b total.</summary>
    private readonly struct LessFunction(double total) : IWideFunction
    {
        public static int Inputs => 2;

        public Vector<double> Invoke(Vector<double> a, Vector<double> b, Vector<double> c, Vector<double> d) => a - (b * new Vector<double>(total));

        public double Invoke(double a, double b, double c, double d) => a - (b * total);
    }

    /// <summary>a (b - shift - mean) - c change, where the mean may be far below the shift.</summary>
    private readonly struct ChangeFunction(double shift, double mean, double change) : IWideFunction
    {
        public static int Inputs => 3;

        public Vector<double> Invoke(Vector<double> a, Vector<double> b, Vector<double> c, Vector<double> d) =>
            (a * (b - new Vector<double>(shift) - new Vector<double>(mean))) - (c * new Vector<double>(change));

        public double Invoke(double a, double b, double c, double d) => (a * (b - shift - mean)) - (c * change);
    }
}
