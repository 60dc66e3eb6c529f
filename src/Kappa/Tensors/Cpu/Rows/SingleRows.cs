using System.Numerics;
using System.Runtime.CompilerServices;

namespace Kappa.Tensors.Cpu.Rows;

/// <summary>The last step of normalisation in single precision, for rows whose coefficients leave it nothing to overflow or to lose: half the work of doing it
/// in double.</summary>
internal static unsafe class SingleRows
{
    /// <summary>Rows shorter than this may have hardly anything left of what they are multiplied with, and need all the digits that there are.</summary>
    internal const int ShortestRow = 16;

    private static readonly double Smallest = Math.ScaleB(1, -100), Largest = Math.ScaleB(1, 100);

    /// <summary>Whether a coefficient is zero, or far from the ends of the range.</summary>
    internal static bool IsModerate(double value) => value == 0 || (Math.Abs(value) > Smallest && Math.Abs(value) < Largest);

    /// <summary>y = factor (x - shift). The shift is taken out in two parts, the first of which leaves no rounding where it is close to x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Line(float* x, double shift, double factor, float* y, int count)
    {
        float high = (float)shift, scale = (float)factor, rest = (float)((high - shift) * factor);
        var (highs, scales, rests) = (new Vector<float>(high), new Vector<float>(scale), new Vector<float>(rest));
        int i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
            Vector.FusedMultiplyAdd(Vector.Load(x + i) - highs, scales, rests).Store(y + i);
        for (; i < count; i++)
            y[i] = MathF.FusedMultiplyAdd(x[i] - high, scale, rest);
    }

    /// <summary>result = factorA a + factorB (b - shift) + offset, or adds to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Pair(float* a, double factorA, float* b, double shift, double factorB, double offset, float* result, int count, bool accumulate)
    {
        float high = (float)shift, scaleA = (float)factorA, scaleB = (float)factorB, rest = (float)(offset + ((high - shift) * factorB));
        var (highs, scalesA, scalesB, rests) = (new Vector<float>(high), new Vector<float>(scaleA), new Vector<float>(scaleB), new Vector<float>(rest));
        int i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            var value = Vector.FusedMultiplyAdd(Vector.Load(a + i), scalesA, Vector.FusedMultiplyAdd(Vector.Load(b + i) - highs, scalesB, rests));
            (accumulate ? Vector.Load(result + i) + value : value).Store(result + i);
        }

        for (; i < count; i++)
        {
            float value = MathF.FusedMultiplyAdd(a[i], scaleA, MathF.FusedMultiplyAdd(b[i] - high, scaleB, rest));
            result[i] = accumulate ? result[i] + value : value;
        }
    }
}
