using System.Numerics;
using System.Numerics.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu;

/// <content>Reductions.</content>
internal sealed unsafe partial class CpuBackend
{
    internal override void Reduce(ReductionKernel kernel, Tensor x, int outer, int length, int inner, Tensor result, bool accumulate)
    {
        if (result.DataType == DataType.Float32)
            Reduce(kernel, x.Pointer<float>(), outer, length, inner, result.Pointer<float>(), accumulate);
        else
            Reduce(kernel, x.Pointer<double>(), outer, length, inner, result.Pointer<double>(), accumulate);
    }

    internal override double SumOfSquaredDifferences(Tensor a, Tensor b) => a.DataType == DataType.Float32
        ? SumChunks(a.Pointer<float>(), b.Pointer<float>(), a.Count)
        : SumChunks(a.Pointer<double>(), b.Pointer<double>(), a.Count);

    internal override double SumOfSquares(Tensor x) => x.DataType == DataType.Float32
        ? SumChunks(x.Pointer<float>(), null, x.Count)
        : SumChunks(x.Pointer<double>(), null, x.Count);

    /// <summary>The sum of (a - b)^2, or of a^2, by short chunks that are added up in double precision.</summary>
    private static double SumChunks<T>(T* a, T* b, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int Chunk = 2048;
        double sum = 0;
        for (int start = 0; start < count; start += Chunk)
        {
            int length = Math.Min(Chunk, count - start);
            var spanA = new ReadOnlySpan<T>(a + start, length);
            T part;
            if (b == null)
            {
                part = TensorPrimitives.SumOfSquares(spanA);
            }
            else
            {
                T distance = TensorPrimitives.Distance(spanA, new ReadOnlySpan<T>(b + start, length));
                part = distance * distance;
            }

            sum += double.CreateTruncating(part);
        }

        return sum;
    }

    private static void Reduce<T>(ReductionKernel kernel, T* x, int outer, int length, int inner, T* result, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (length == 0)
        {
            if (!accumulate)
                new Span<T>(result, outer * inner).Clear();
            return;
        }

        for (int o = 0; o < outer; o++)
        {
            T* block = x + ((long)o * length * inner);
            if (inner == 1)
            {
                var row = new ReadOnlySpan<T>(block, length);
                T value = kernel == ReductionKernel.Sum ? TensorPrimitives.Sum(row) : TensorPrimitives.Max(row);
                result[o] = accumulate ? result[o] + value : value;
                continue;
            }

            var sum = new Span<T>(result + ((long)o * inner), inner);
            int first = 0;
            if (!accumulate)
            {
                new ReadOnlySpan<T>(block, inner).CopyTo(sum);
                first = 1;
            }

            for (int i = first; i < length; i++)
            {
                var row = new ReadOnlySpan<T>(block + ((long)i * inner), inner);
                if (kernel == ReductionKernel.Sum)
                    TensorPrimitives.Add(sum, row, sum);
                else
                    TensorPrimitives.Max(sum, row, sum);
            }
        }
    }
}
