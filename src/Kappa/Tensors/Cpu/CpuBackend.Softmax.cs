using System.Numerics;
using System.Numerics.Tensors;

namespace Kappa.Tensors.Cpu;

/// <content>Softmax and cross-entropy.</content>
internal sealed unsafe partial class CpuBackend
{
    internal override void Softmax(bool logarithm, Tensor x, int rows, int length, Tensor result)
    {
        if (x.DataType == DataType.Float32)
            Softmax(logarithm, x.Pointer<float>(), rows, length, result.Pointer<float>());
        else
            Softmax(logarithm, x.Pointer<double>(), rows, length, result.Pointer<double>());
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
            CrossEntropy(logits.Pointer<float>(), labels.Pointer<int>(), labels.Count, logits.Shape[1], logSum.Pointer<float>(), losses.Pointer<float>());
        else
            CrossEntropy(logits.Pointer<double>(), labels.Pointer<int>(), labels.Count, logits.Shape[1], logSum.Pointer<double>(), losses.Pointer<double>());
    }

    internal override void CrossEntropyDerivative(Tensor logits, Tensor labels, Tensor logSum, double scale, Tensor result)
    {
        if (logits.DataType == DataType.Float32)
            CrossEntropyDerivative(logits.Pointer<float>(), labels.Pointer<int>(), labels.Count, logits.Shape[1], logSum.Pointer<float>(), (float)scale, result.Pointer<float>());
        else
            CrossEntropyDerivative(logits.Pointer<double>(), labels.Pointer<int>(), labels.Count, logits.Shape[1], logSum.Pointer<double>(), scale, result.Pointer<double>());
    }

    /// <summary>exp(row - max(row)) and its sum. The largest element stays apart from the sum: adding them back together would lose the digits of the sum when logits are large.</summary>
    private static T ShiftedExponentials<T>(ReadOnlySpan<T> row, Span<T> result, out T largest)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        largest = TensorPrimitives.Max(row);
        TensorPrimitives.Subtract(row, largest, result);
        TensorPrimitives.Exp(result, result);
        return TensorPrimitives.Sum<T>(result);
    }

    private static void Softmax<T>(bool logarithm, T* x, int rows, int length, T* result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int row = 0; row < rows; row++)
        {
            var from = new ReadOnlySpan<T>(x + ((long)row * length), length);
            var to = new Span<T>(result + ((long)row * length), length);
            T sum = ShiftedExponentials(from, to, out T largest);
            if (!logarithm)
            {
                TensorPrimitives.Divide(to, sum, to);
                continue;
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

    private static void CrossEntropy<T>(T* logits, int* labels, int rows, int classes, T* logSum, T* losses)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var scratch = Memory.Scratch<T>.Rent(classes);
        for (int row = 0; row < rows; row++)
        {
            T* from = logits + ((long)row * classes);
            logSum[row] = T.Log(ShiftedExponentials(new ReadOnlySpan<T>(from, classes), scratch.Span, out T largest));
            losses[row] = logSum[row] + (largest - from[labels[row]]);
        }
    }

    private static void CrossEntropyDerivative<T>(T* logits, int* labels, int rows, int classes, T* logSum, T scale, T* result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int row = 0; row < rows; row++)
        {
            long start = (long)row * classes;
            var to = new Span<T>(result + start, classes);
            var from = new ReadOnlySpan<T>(logits + start, classes);
            TensorPrimitives.Subtract(from, TensorPrimitives.Max(from), to);
            TensorPrimitives.Subtract(to, logSum[row], to);
            TensorPrimitives.Exp(to, to);
            to[labels[row]] -= T.One;
            TensorPrimitives.Multiply(to, scale, to);
        }
    }
}
