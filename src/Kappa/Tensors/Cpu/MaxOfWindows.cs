using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kappa.Tensors.Cpu;

/// <summary>The largest of each window, eight windows of a row at a time, without branches: on data in no order, half of the branches of the plain way go
/// wrong.</summary>
internal static unsafe class MaxOfWindows
{
    private const int Step = 8;

    /// <summary>Whether so many windows fill a vector on a machine that has them.</summary>
    internal static bool IsFit(int outputs) => Avx2.IsSupported && outputs >= Step;

    /// <summary>Windows that lie within the image. Of equals the first wins, and NaN wins over numbers.</summary>
    /// <param name="x">The first element of the first window.</param>
    /// <param name="index">Its flat index.</param>
    /// <param name="lineStride">From one line of the image to the next.</param>
    /// <param name="lines">Lines of a window.</param>
    /// <param name="kernel">Elements of a line of a window.</param>
    /// <param name="stride">From one window to the next.</param>
    /// <param name="outputs">Windows, 8 or more.</param>
    /// <param name="y">Where the maxima go.</param>
    /// <param name="winners">Where their flat indices go.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Row(float* x, int index, int lineStride, int lines, int kernel, int stride, int outputs, float* y, int* winners)
    {
        var offsets = Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7) * stride;
        for (int j = 0; j < outputs; j += Step)
        {
            // The last vector overlaps the one before it.
            int at = Math.Min(j, outputs - Step);
            float* first = x + (at * stride);
            var start = offsets + Vector256.Create(index + (at * stride));
            var best = Avx2.GatherVector256(first, offsets, sizeof(float));
            var winner = start;
            for (int line = 0; line < lines; line++)
            {
                for (int column = 0; column < kernel; column++)
                {
                    int place = (line * lineStride) + column;
                    var value = Avx2.GatherVector256(first + place, offsets, sizeof(float));
                    var take = Vector256.GreaterThan(value, best) | (~Vector256.Equals(value, value) & Vector256.Equals(best, best));
                    best = Vector256.ConditionalSelect(take, value, best);
                    winner = Vector256.ConditionalSelect(take.AsInt32(), start + Vector256.Create(place), winner);
                }
            }

            best.Store(y + at);
            winner.Store(winners + at);
        }
    }
}
