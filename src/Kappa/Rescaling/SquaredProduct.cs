using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kappa.Rescaling;

/// <summary>Products of one vector with the squares of a float32 matrix <c>[out, in]</c>, in double precision, without an array of squares.</summary>
internal static class SquaredProduct
{
    /// <summary>y_o = sum_j w_oj^2 x_j.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Forward(ReadOnlySpan<float> weight, ReadOnlySpan<double> x, Span<double> y)
    {
        int width = Vector<float>.Count, half = Vector<double>.Count;
        for (int o = 0; o < y.Length; o++)
        {
            var row = weight.Slice(o * x.Length, x.Length);
            ref float w = ref MemoryMarshal.GetReference(row);
            ref double from = ref MemoryMarshal.GetReference(x);
            Vector<double> low = default, high = default;
            int j = 0;
            for (; j <= x.Length - width; j += width)
            {
                Vector.Widen(Vector.LoadUnsafe(ref w, (nuint)j), out var first, out var second);
                low += first * first * Vector.LoadUnsafe(ref from, (nuint)j);
                high += second * second * Vector.LoadUnsafe(ref from, (nuint)(j + half));
            }

            double sum = Vector.Sum(low + high);
            for (; j < x.Length; j++)
                sum += (double)row[j] * row[j] * x[j];
            y[o] = sum;
        }
    }

    /// <summary>x_j = sum_o w_oj^2 delta_o.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Backward(ReadOnlySpan<float> weight, ReadOnlySpan<double> delta, Span<double> x)
    {
        int width = Vector<float>.Count, half = Vector<double>.Count;
        x.Clear();
        ref double to = ref MemoryMarshal.GetReference(x);
        for (int o = 0; o < delta.Length; o++)
        {
            var row = weight.Slice(o * x.Length, x.Length);
            ref float w = ref MemoryMarshal.GetReference(row);
            double factor = delta[o];
            var factors = new Vector<double>(factor);
            int j = 0;
            for (; j <= x.Length - width; j += width)
            {
                Vector.Widen(Vector.LoadUnsafe(ref w, (nuint)j), out var first, out var second);
                (Vector.LoadUnsafe(ref to, (nuint)j) + (first * first * factors)).StoreUnsafe(ref to, (nuint)j);
                (Vector.LoadUnsafe(ref to, (nuint)(j + half)) + (second * second * factors)).StoreUnsafe(ref to, (nuint)(j + half));
            }

            for (; j < x.Length; j++)
                x[j] += (double)row[j] * row[j] * factor;
        }
    }
}
