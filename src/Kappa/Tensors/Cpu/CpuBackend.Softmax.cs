using System.Numerics;
using System.Numerics.Tensors;

namespace Kappa.Tensors.Cpu;

/// <content>Softmax and cross-entropy.</content>
internal sealed unsafe partial class CpuBackend
{
    internal override void Softmax(bool logarithm, Tensor x, int rows, int length, Tensor result)
    {
        if (x.DataType == DataType.Float32)
            RunRows(new SoftmaxRows<float> { X = x.Pointer<float>(), Result = result.Pointer<float>(), Logarithm = logarithm, Length = length }, rows, length);
        else
            RunRows(new SoftmaxRows<double> { X = x.Pointer<double>(), Result = result.Pointer<double>(), Logarithm = logarithm, Length = length }, rows, length);
    }

    internal override void SoftmaxDerivative(bool logarithm, Tensor y, Tensor gradient, int rows, int length, Tensor result)
    {
        if (y.DataType == DataType.Float32)
            SoftmaxDerivative(logarithm, y.Pointer<float>(), gradient.Pointer<float>(), rows, length, result.Pointer<float>());
        else
            SoftmaxDerivative(logarithm, y.Pointer<double>(), gradient.Pointer<double>(), rows, length, result.Pointer<double>());
    }

    internal override void CrossEntropy(Tensor logits, Tensor labels, Tensor logSum, Tensor losses)
    {
        if (logits.DataType == DataType.Float32)
            CrossEntropy<float>(logits, labels, logSum, losses);
        else
            CrossEntropy<double>(logits, labels, logSum, losses);
    }

    internal override void CrossEntropyDerivative(Tensor logits, Tensor labels, Tensor logSum, double scale, Tensor result)
    {
        if (logits.DataType == DataType.Float32)
            CrossEntropyDerivative<float>(logits, labels, logSum, scale, result);
        else
            CrossEntropyDerivative<double>(logits, labels, logSum, scale, result);
    }

    private static void CrossEntropy<T>(Tensor logits, Tensor labels, Tensor logSum, Tensor losses)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int classes = logits.Shape[1];
        RunRows(new CrossEntropyRows<T> { Logits = logits.Pointer<T>(), Labels = labels.Pointer<int>(), LogSum = logSum.Pointer<T>(), Losses = losses.Pointer<T>(), Classes = classes }, labels.Count, classes);
    }

    private static void CrossEntropyDerivative<T>(Tensor logits, Tensor labels, Tensor logSum, double scale, Tensor result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int classes = logits.Shape[1];
        RunRows(
            new CrossEntropyDerivativeRows<T>
            {
                Logits = logits.Pointer<T>(), Labels = labels.Pointer<int>(), LogSum = logSum.Pointer<T>(), Result = result.Pointer<T>(), Scale = T.CreateTruncating(scale), Classes = classes,
            },
            labels.Count,
            classes);
    }

    private struct SoftmaxRows<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* X;
        internal T* Result;
        internal bool Logarithm;
        internal int Length;

        public readonly void Execute(int row)
        {
            var from = new ReadOnlySpan<T>(X + ((long)row * Length), Length);
            var to = new Span<T>(Result + ((long)row * Length), Length);
            T largest = TensorPrimitives.Max(from);
            T sum = Exponential.Apply(from, to, T.One, largest);
            if (!Logarithm)
            {
                TensorPrimitives.Divide(to, sum, to);
                return;
            }

            TensorPrimitives.Subtract(from, largest, to);
            TensorPrimitives.Subtract(to, T.Log(sum), to);
        }
    }

    private static void SoftmaxDerivative<T>(bool logarithm, T* y, T* gradient, int rows, int length, T* result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int row = 0; row < rows; row++)
        {
            long start = (long)row * length;
            var value = new ReadOnlySpan<T>(y + start, length);
            var upstream = new ReadOnlySpan<T>(gradient + start, length);
            var to = new Span<T>(result + start, length);
            if (logarithm)
            {
                // g - softmax * sum(g), with softmax = exp(y).
                T total = TensorPrimitives.Sum(upstream);
                for (int i = 0; i < length; i++)
                    to[i] = upstream[i] - (T.Exp(value[i]) * total);
            }
            else
            {
                // y * (g - sum(g y)).
                T mean = TensorPrimitives.Dot(upstream, value);
                for (int i = 0; i < length; i++)
                    to[i] = value[i] * (upstream[i] - mean);
            }
        }
    }

    /// <summary>The largest logit stays apart from the sum of exponentials: adding them together would lose the digits of the sum when logits are large.</summary>
    private struct CrossEntropyRows<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* Logits;
        internal int* Labels;
        internal T* LogSum;
        internal T* Losses;
        internal int Classes;

        public readonly void Execute(int row)
        {
            var from = new ReadOnlySpan<T>(Logits + ((long)row * Classes), Classes);
            var scratch = new Span<T>(Workspace.Rent<T>(Workspace.Purpose.Row, Classes), Classes);
            T largest = TensorPrimitives.Max(from);
            LogSum[row] = T.Log(Exponential.Apply(from, scratch, T.One, largest));
            Losses[row] = LogSum[row] + (largest - from[Labels[row]]);
        }
    }

    private struct CrossEntropyDerivativeRows<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* Logits;
        internal int* Labels;
        internal T* LogSum;
        internal T* Result;
        internal T Scale;
        internal int Classes;

        public readonly void Execute(int row)
        {
            var to = new Span<T>(Result + ((long)row * Classes), Classes);
            Probabilities(new ReadOnlySpan<T>(Logits + ((long)row * Classes), Classes), LogSum[row], Scale, to);
            to[Labels[row]] -= Scale;
        }

        /// <summary>scale softmax(logits).</summary>
        internal static void Probabilities(ReadOnlySpan<T> logits, T logSum, T scale, Span<T> result)
        {
            _ = Exponential.Apply(logits, result, T.One, TensorPrimitives.Max(logits));
            TensorPrimitives.Multiply(result, scale * T.Exp(-logSum), result);
        }
    }
}
