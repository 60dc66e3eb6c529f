using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Kappa.Tensors.Cpu;

/// <summary>The largest of each 2 by 2 window, without branches: on data in no order, half of the branches of the plain way go wrong.</summary>
internal static unsafe class MaxOfPairs
{
    /// <summary>Outputs of one vector.</summary>
    private const int Step = 4;

    /// <summary>Whether a row of so many outputs fills a vector on a machine that has them.</summary>
    internal static bool IsFit(int outputs) => Vector256.IsHardwareAccelerated && outputs >= Step;

    /// <summary>One row of outputs, from two rows of inputs. Of equals the first wins, and NaN wins over numbers.</summary>
    /// <param name="x">The upper row.</param>
    /// <param name="index">Its flat index.</param>
    /// <param name="stride">From the upper to the lower row.</param>
    /// <param name="outputs">How many, at least 4.</param>
    /// <param name="y">Where the maxima go.</param>
    /// <param name="winners">Where their flat indices go.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Row(float* x, int index, int stride, int outputs, float* y, int* winners)
    {
        for (int j = 0; j < outputs; j += Step)
        {
            // The last vector overlaps the one before it.
            int at = Math.Min(j, outputs - Step);
            var (upper, upperIndex) = OfRow(x + (2 * at), index + (2 * at));
            var (lower, lowerIndex) = OfRow(x + stride + (2 * at), index + stride + (2 * at));
            var take = Exceeds(lower, upper);
            var best = Vector256.ConditionalSelect(take, lower, upper);
            var winner = Vector256.ConditionalSelect(take.AsInt32(), lowerIndex, upperIndex);
            var even = Vector256.Create(0, 2, 4, 6, 0, 0, 0, 0);
            Vector256.Shuffle(best, even).GetLower().Store(y + at);
            Vector256.Shuffle(winner, even).GetLower().Store(winners + at);
        }
    }

    /// <summary>In the even elements, the larger of each pair and its index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Best, Vector256<int> Index) OfRow(float* x, int index)
    {
        var left = Vector256.Load(x);
        var right = Vector256.Shuffle(left, Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6));
        var indices = Vector256.Create(index) + Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7);
        var take = Exceeds(right, left);
        return (Vector256.ConditionalSelect(take, right, left), Vector256.ConditionalSelect(take.AsInt32(), indices + Vector256<int>.One, indices));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Exceeds(Vector256<float> a, Vector256<float> b) =>
        Vector256.GreaterThan(a, b) | (~Vector256.Equals(a, a) & Vector256.Equals(b, b));
}
