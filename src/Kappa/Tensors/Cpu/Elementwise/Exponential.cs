using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kappa.Tensors.Cpu.Reductions;

namespace Kappa.Tensors.Cpu.Elementwise;

/// <summary>exp(scale (x - shift)) and its sum in one pass: the inner loop of softmax, attention and cross-entropy.</summary>
/// <remarks>
/// In single precision exp(r) 2^n with |r| at most log(2) / 2 and a polynomial of degree 7 for exp(r) (Moshier, Cephes), within 2 units in the last place; one
/// pass instead of the four that the library's functions would make. In double precision those are used.
/// </remarks>
internal static class Exponential
{
    // log(2) in two parts, the first so short that n times it is exact for every n that occurs.
    private const float LogOfTwoHigh = 0.693359375f;
    private const float LogOfTwoLow = -2.12194440e-4f;
    private const float Log2OfE = 1.44269504f;

    /// <summary>Below, the result is zero: it would be less than 2^-125, where numbers lose digits and processors slow down.</summary>
    private const float Smallest = -86.6f;

    /// <summary>
    /// result = exp(scale (x - max)) for a row, which may be x itself; gives their sum, the maximum, and whether all are finite. Where one element alone is
    /// infinite it takes everything, as in the limit; where several are, the sum is NaN.
    /// </summary>
    internal static double Row<T>(ReadOnlySpan<T> x, Span<T> result, T scale, out T largest, out bool isFinite)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        largest = ElementRange.Largest(x, out isFinite);
        if (isFinite)
            return Apply(x, result, scale, largest);
        largest = TensorPrimitives.Max(x);
        if (!T.IsPositiveInfinity(largest))
            return Apply(x, result, scale, largest);
        int winner = x.IndexOf(largest);
        bool isAlone = x[(winner + 1)..].IndexOf(largest) < 0;
        result.Fill(isAlone ? T.Zero : T.NaN);
        result[winner] = isAlone ? T.One : T.NaN;
        return isAlone ? 1 : double.NaN;
    }

    /// <summary>
    /// The logarithm of the sum of such a row. Where one element has nearly everything the others are summed by themselves: beside it they would be lost.
    /// </summary>
    internal static double LogOfSum<T>(Span<T> exponentials, double sum)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int winner = sum < 1.5 ? ElementRange.IndexOf<T>(exponentials, T.One) : -1;
        if (winner < 0)
            return Math.Log(sum);
        exponentials[winner] = T.Zero;
        double rest = Sum(exponentials);
        exponentials[winner] = T.One;
        return Precise.LogOfOnePlus(rest);
    }

    /// <summary>result = exp(scale (x - shift)), and x = shift gives 1 whatever the scale; gives their sum, added up in an order that depends on their number
    /// alone.</summary>
    internal static double Apply<T>(ReadOnlySpan<T> x, Span<T> result, T scale, T shift)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
            return Single(MemoryMarshal.Cast<T, float>(x), MemoryMarshal.Cast<T, float>(result), float.CreateTruncating(scale), float.CreateTruncating(shift));
        TensorPrimitives.Subtract(x, shift, result);
        TensorPrimitives.Multiply(result, scale, result);
        TensorPrimitives.Exp(result, result);
        return Sum(result);
    }

    private static unsafe double Sum<T>(Span<T> values)
        where T : unmanaged
    {
        fixed (T* address = values)
            return PairwiseSums.Row<T, PlainTerm>(address, null, values.Length, default);
    }

    private static double Single(ReadOnlySpan<float> x, Span<float> result, float scale, float shift)
    {
        int whole = x.Length - (x.Length % Vector<float>.Count);
        double sum = whole == 0 ? 0 : Vector.Sum(Whole(ref MemoryMarshal.GetReference(x), ref MemoryMarshal.GetReference(result), whole, scale, shift));
        if (whole == x.Length)
            return sum;
        // Lanes that do not exist hold what gives zero.
        Span<float> rest = stackalloc float[Vector<float>.Count];
        rest.Fill(float.NegativeInfinity);
        for (int i = whole; i < x.Length; i++)
            rest[i - whole] = (x[i] - shift) * scale;
        var value = Exp(new Vector<float>(rest));
        value.CopyTo(rest);
        rest[..(x.Length - whole)].CopyTo(result[whole..]);
        return sum + Vector.Sum(value);
    }

    /// <summary>A leaf, so that the sums stay in registers: of a few vectors in single precision, and of those in double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector<double> Whole(ref float x, ref float result, int count, float scale, float shift)
    {
        var scales = Vector.Create(scale);
        var shifts = Vector.Create(shift);
        var sum = Vector<double>.Zero;
        nuint run = 8 * (nuint)Vector<float>.Count;
        for (nuint start = 0; start < (nuint)count; start += run)
        {
            var part = Vector<float>.Zero;
            nuint end = Math.Min(start + run, (nuint)count);
            for (nuint i = start; i < end; i += (nuint)Vector<float>.Count)
            {
                var value = Exp((Vector.LoadUnsafe(ref x, i) - shifts) * scales);
                value.StoreUnsafe(ref result, i);
                part += value;
            }

            Vector.Widen(part, out var low, out var high);
            sum += low + high;
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Exp(Vector<float> x)
    {
        // In this order, the processor hands NaN through. Above, the result overflows by itself.
        var bounded = Vector.MinNative(Vector.Create(89f), Vector.MaxNative(Vector.Create(Smallest), x));
        var n = Vector.Round(bounded * Vector.Create(Log2OfE));
        var r = Vector.FusedMultiplyAdd(n, Vector.Create(-LogOfTwoHigh), bounded);
        r = Vector.FusedMultiplyAdd(n, Vector.Create(-LogOfTwoLow), r);
        var p = Vector.FusedMultiplyAdd(Vector.Create(1.9875691500e-4f), r, Vector.Create(1.3981999507e-3f));
        p = Vector.FusedMultiplyAdd(p, r, Vector.Create(8.3334519073e-3f));
        p = Vector.FusedMultiplyAdd(p, r, Vector.Create(4.1665795894e-2f));
        p = Vector.FusedMultiplyAdd(p, r, Vector.Create(1.6666665459e-1f));
        p = Vector.FusedMultiplyAdd(p, r, Vector.Create(5.0000001201e-1f));
        p = Vector.FusedMultiplyAdd(p, r * r, r) + Vector<float>.One;
        // Twice 2^(n - 1), since 2^128 is no number.
        var power = Vector.AsVectorSingle(Vector.ShiftLeft(Vector.ConvertToInt32Native(n) + Vector.Create(126), 23));
        return Vector.ConditionalSelect(Vector.LessThan(x, Vector.Create(Smallest)), Vector<float>.Zero, (p + p) * power);
    }
}
