using System.Numerics;
using System.Runtime.CompilerServices;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu;

/// <content>Sums over, and combinations by, the channels of [batch, channels, pixels].</content>
internal sealed unsafe partial class CpuBackend
{
    internal override double[] ChannelDots(Tensor a, double[]? shiftA, Tensor? b, double[]? shiftB, int batch, int channels, int pixels)
    {
        var sums = new double[channels];
        if (a.DataType == DataType.Float32)
            RunRows(new ChannelDotRows<float> { A = a.Pointer<float>(), ShiftA = shiftA, B = b is null ? null : b.Pointer<float>(), ShiftB = shiftB, Batch = batch, Channels = channels, Pixels = pixels, Sums = sums }, channels, batch * pixels);
        else
            RunRows(new ChannelDotRows<double> { A = a.Pointer<double>(), ShiftA = shiftA, B = b is null ? null : b.Pointer<double>(), ShiftB = shiftB, Batch = batch, Channels = channels, Pixels = pixels, Sums = sums }, channels, batch * pixels);
        return sums;
    }

    internal override void ChannelCombine(ReadOnlySpan<ChannelTerm> terms, double[] offsets, int batch, int channels, int pixels, Tensor result, bool accumulate)
    {
        for (int i = 0; i < terms.Length; i++)
        {
            // One term at a time, the offsets with the first.
            bool add = accumulate || i > 0;
            double[]? offset = i == 0 ? offsets : null;
            if (result.DataType == DataType.Float32)
                RunRows(new ChannelRows<float> { X = terms[i].Tensor.Pointer<float>(), Factors = terms[i].Factors, Offsets = offset, Channels = channels, Pixels = pixels, Result = result.Pointer<float>(), Accumulate = add }, batch * channels, pixels);
            else
                RunRows(new ChannelRows<double> { X = terms[i].Tensor.Pointer<double>(), Factors = terms[i].Factors, Offsets = offset, Channels = channels, Pixels = pixels, Result = result.Pointer<double>(), Accumulate = add }, batch * channels, pixels);
        }
    }

    private struct ChannelDotRows<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* A, B;
        internal double[]? ShiftA, ShiftB;
        internal int Batch, Channels, Pixels;
        internal double[] Sums;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Execute(int row)
        {
            T shiftA = ShiftA is null ? T.Zero : T.CreateTruncating(ShiftA[row]), shiftB = ShiftB is null ? T.Zero : T.CreateTruncating(ShiftB[row]);
            var (shiftsA, shiftsB) = (new Vector<T>(shiftA), new Vector<T>(shiftB));
            double total = 0;
            for (int sample = 0; sample < Batch; sample++)
            {
                nint start = (((nint)sample * Channels) + row) * Pixels;
                T* a = A + start;
                T* b = B == null ? null : B + start;
                var sums = Vector<T>.Zero;
                int i = 0;
                for (; i <= Pixels - Vector<T>.Count; i += Vector<T>.Count)
                {
                    var value = Unsafe.ReadUnaligned<Vector<T>>(a + i) - shiftsA;
                    if (b != null)
                        value *= Unsafe.ReadUnaligned<Vector<T>>(b + i) - shiftsB;
                    sums += value;
                }

                T sum = Vector.Sum(sums);
                for (; i < Pixels; i++)
                    sum += b == null ? a[i] - shiftA : (a[i] - shiftA) * (b[i] - shiftB);
                total += double.CreateTruncating(sum);
            }

            Sums[row] = total;
        }
    }

    private struct ChannelRows<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* X, Result;
        internal double[] Factors;
        internal double[]? Offsets;
        internal int Channels, Pixels;
        internal bool Accumulate;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Execute(int row)
        {
            int channel = row % Channels;
            T factor = T.CreateTruncating(Factors[channel]), offset = Offsets is null ? T.Zero : T.CreateTruncating(Offsets[channel]);
            var (factors, offsets) = (new Vector<T>(factor), new Vector<T>(offset));
            T* x = X + ((nint)row * Pixels);
            T* result = Result + ((nint)row * Pixels);
            int i = 0;
            for (; i <= Pixels - Vector<T>.Count; i += Vector<T>.Count)
            {
                var value = (Unsafe.ReadUnaligned<Vector<T>>(x + i) * factors) + offsets;
                Unsafe.WriteUnaligned(result + i, Accumulate ? Unsafe.ReadUnaligned<Vector<T>>(result + i) + value : value);
            }

            for (; i < Pixels; i++)
            {
                T value = (x[i] * factor) + offset;
                result[i] = Accumulate ? result[i] + value : value;
            }
        }
    }
}
