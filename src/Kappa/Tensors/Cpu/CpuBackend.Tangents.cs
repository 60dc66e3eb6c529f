using System.Numerics;
using System.Numerics.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu;

/// <content>How derivatives change along tangents.</content>
internal sealed unsafe partial class CpuBackend
{
    internal override void UnarySecondDerivative(UnaryKernel kernel, Tensor x, Tensor y, Tensor gradient, Tensor tangent, Tensor result, bool accumulate)
    {
        if (result.DataType == DataType.Float32)
            UnarySecondDerivatives.Run(kernel, x.Pointer<float>(), y.Pointer<float>(), gradient.Pointer<float>(), tangent.Pointer<float>(), result.Pointer<float>(), result.Count, accumulate);
        else
            UnarySecondDerivatives.Run(kernel, x.Pointer<double>(), y.Pointer<double>(), gradient.Pointer<double>(), tangent.Pointer<double>(), result.Pointer<double>(), result.Count, accumulate);
    }

    internal override void LogSoftmaxTangent(Tensor y, Tensor tangent, int rows, int length, Tensor result)
    {
        if (result.DataType == DataType.Float32)
            LogSoftmaxTangent(y.Pointer<float>(), tangent.Pointer<float>(), rows, length, result.Pointer<float>());
        else
            LogSoftmaxTangent(y.Pointer<double>(), tangent.Pointer<double>(), rows, length, result.Pointer<double>());
    }

    internal override void SoftmaxDerivativeTangent(bool logarithm, Tensor y, Tensor? outputTangent, Tensor? gradient, Tensor? gradientTangent, int rows, int length, Tensor result)
    {
        if (result.DataType == DataType.Float32)
            SoftmaxDerivativeTangent(logarithm, y.Pointer<float>(), Of<float>(outputTangent), Of<float>(gradient), Of<float>(gradientTangent), rows, length, result.Pointer<float>());
        else
            SoftmaxDerivativeTangent(logarithm, y.Pointer<double>(), Of<double>(outputTangent), Of<double>(gradient), Of<double>(gradientTangent), rows, length, result.Pointer<double>());
    }

    internal override void CrossEntropyTangent(Tensor logits, Tensor labels, Tensor logSum, Tensor tangents, double scale, Tensor result)
    {
        var losses = Tensor.Uninitialized([result.Count, labels.Count], result.DataType);
        if (result.DataType == DataType.Float32)
            CrossEntropyTangentRows<float>(logits, labels, logSum, tangents, 0, null, losses, null);
        else
            CrossEntropyTangentRows<double>(logits, labels, logSum, tangents, 0, null, losses, null);
        Reduce(ReductionKernel.Sum, losses, result.Count, labels.Count, 1, result, accumulate: false);
        Affine(result, scale, 0, result);
        losses.Dispose();
    }

    internal override void CrossEntropyDerivativeTangent(Tensor logits, Tensor labels, Tensor logSum, Tensor? tangents, double scale, Tensor? gradientTangent, Tensor result)
    {
        if (result.DataType == DataType.Float32)
            CrossEntropyTangentRows<float>(logits, labels, logSum, tangents, scale, gradientTangent, null, result);
        else
            CrossEntropyTangentRows<double>(logits, labels, logSum, tangents, scale, gradientTangent, null, result);
    }

    private static T* Of<T>(Tensor? tensor)
        where T : unmanaged
    {
        return tensor is null ? null : tensor.Pointer<T>();
    }

    private static void LogSoftmaxTangent<T>(T* y, T* tangent, int rows, int length, T* result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int row = 0; row < rows; row++)
        {
            long start = (long)row * length;
            var to = new Span<T>(result + start, length);
            var from = new ReadOnlySpan<T>(tangent + start, length);
            TensorPrimitives.Exp(new ReadOnlySpan<T>(y + start, length), to);
            T mean = TensorPrimitives.Dot<T>(to, from);
            TensorPrimitives.Subtract(from, mean, to);
        }
    }

    private static void SoftmaxDerivativeTangent<T>(bool logarithm, T* y, T* outputTangent, T* gradient, T* gradientTangent, int rows, int length, T* result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int row = 0; row < rows; row++)
        {
            long start = (long)row * length;
            var value = new ReadOnlySpan<T>(y + start, length);
            var to = new Span<T>(result + start, length);
            to.Clear();
            if (gradientTangent != null)
                SoftmaxDerivative(logarithm, y + start, gradientTangent + start, 1, length, result + start);
            if (outputTangent == null || gradient == null)
                continue;
            var tangent = new ReadOnlySpan<T>(outputTangent + start, length);
            var upstream = new ReadOnlySpan<T>(gradient + start, length);
            if (logarithm)
            {
                // g - p sum(g), with dp = p dy.
                T total = TensorPrimitives.Sum(upstream);
                for (int i = 0; i < length; i++)
                    to[i] -= T.Exp(value[i]) * tangent[i] * total;
            }
            else
            {
                // y (g - g.y): dy (g - g.y) - y (g.dy).
                T mean = TensorPrimitives.Dot(upstream, value);
                T change = TensorPrimitives.Dot(upstream, tangent);
                for (int i = 0; i < length; i++)
                    to[i] += (tangent[i] * (upstream[i] - mean)) - (value[i] * change);
            }
        }
    }

    private static void CrossEntropyTangentRows<T>(Tensor logits, Tensor labels, Tensor logSum, Tensor? tangents, double scale, Tensor? gradientTangent, Tensor? losses, Tensor? result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int classes = logits.Shape[1];
        var job = new CrossEntropyJob<T>
        {
            Logits = logits.Pointer<T>(),
            Labels = labels.Pointer<int>(),
            LogSum = logSum.Pointer<T>(),
            Tangents = Of<T>(tangents),
            GradientTangent = Of<T>(gradientTangent),
            Losses = Of<T>(losses),
            Result = Of<T>(result),
            Scale = T.CreateTruncating(scale),
            Rows = labels.Count,
            Classes = classes,
            Count = (int)((losses ?? result)!.Count / (losses is null ? (long)labels.Count * classes : labels.Count)),
            RowsPerChunk = Math.Max(1, ChunkLength / classes),
        };
        WorkerPool.Run((labels.Count + job.RowsPerChunk - 1) / job.RowsPerChunk, ref job);
    }

    /// <summary>Rows of cross-entropy, each with its probabilities formed once for all tangents.</summary>
    private struct CrossEntropyJob<T> : IParallelJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* Logits;
        internal int* Labels;
        internal T* LogSum;
        internal T* Tangents;
        internal T* GradientTangent;
        internal T* Losses;
        internal T* Result;
        internal T Scale;
        internal int Rows;
        internal int Classes;
        internal int Count;
        internal int RowsPerChunk;

        public readonly void Execute(int chunk)
        {
            var p = new Span<T>(Workspace.Rent<T>(Workspace.Purpose.Row, Classes), Classes);
            for (int row = chunk * RowsPerChunk; row < Math.Min((chunk + 1) * RowsPerChunk, Rows); row++)
            {
                var from = new ReadOnlySpan<T>(Logits + ((long)row * Classes), Classes);
                CrossEntropyDerivativeRows<T>.Probabilities(from, LogSum[row], T.One, p);
                for (int k = 0; k < Count; k++)
                    Entry(row, k, p);
            }
        }

        private readonly void Entry(int row, int k, ReadOnlySpan<T> p)
        {
            long start = (((long)k * Rows) + row) * Classes;
            var tangent = Tangents == null ? default : new ReadOnlySpan<T>(Tangents + start, Classes);
            T mean = Tangents == null ? T.Zero : TensorPrimitives.Dot(p, tangent);
            if (Losses != null)
            {
                Losses[((long)k * Rows) + row] = mean - tangent[Labels[row]];
                return;
            }

            // scale (p t - p mean) + change (p - onehot).
            var to = new Span<T>(Result + start, Classes);
            T change = GradientTangent == null ? T.Zero : GradientTangent[k] / T.CreateTruncating(Rows);
            if (Tangents == null)
            {
                TensorPrimitives.Multiply(p, change, to);
            }
            else
            {
                TensorPrimitives.Multiply(tangent, Scale, to);
                TensorPrimitives.Add(to, change - (Scale * mean), to);
                TensorPrimitives.Multiply(to, p, to);
            }

            to[Labels[row]] -= change;
        }
    }
}
