using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Kappa.Benchmarks;

/// <summary>The rate of fused multiply-adds that the machine reaches when it does nothing else.</summary>
internal static class PeakRate
{
    /// <summary>
    /// The sum over <paramref name="threads"/> threads at once of the best of some short loops that only touch registers, in flops a second (2 for a
    /// multiply-add).
    /// Two processors that share one core reach little more than one.
    /// </summary>
    internal static double Measure(int threads)
    {
        double[] rates = new double[threads];
        using var start = new Barrier(threads);
        var workers = Enumerable.Range(0, threads).Select(index => new Thread(() =>
        {
            start.SignalAndWait();
            rates[index] = MeasureHere();
        })).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        return rates.Sum();
    }

    private static double MeasureHere()
    {
        double best = double.MaxValue;
        const int Steps = 100_000;
        for (int repetition = 0; repetition < 100; repetition++)
        {
            long start = Stopwatch.GetTimestamp();
            _ = Vector512.IsHardwareAccelerated ? Loop512(Steps) : Loop256(Steps);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return 2.0 * Steps * 10 * (Vector512.IsHardwareAccelerated ? 16 : 8) / best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Loop512(int steps)
    {
        Vector512<float> a = default, b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a;
        Vector512<float> x = Vector512.Create(0.5f), y = Vector512.Create(0.25f);
        for (int step = 0; step < steps; step++)
        {
            a = Vector512.FusedMultiplyAdd(x, y, a);
            b = Vector512.FusedMultiplyAdd(x, y, b);
            c = Vector512.FusedMultiplyAdd(x, y, c);
            d = Vector512.FusedMultiplyAdd(x, y, d);
            e = Vector512.FusedMultiplyAdd(x, y, e);
            f = Vector512.FusedMultiplyAdd(x, y, f);
            g = Vector512.FusedMultiplyAdd(x, y, g);
            h = Vector512.FusedMultiplyAdd(x, y, h);
            i = Vector512.FusedMultiplyAdd(x, y, i);
            j = Vector512.FusedMultiplyAdd(x, y, j);
        }
        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Loop256(int steps)
    {
        Vector256<float> a = default, b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a;
        Vector256<float> x = Vector256.Create(0.5f), y = Vector256.Create(0.25f);
        for (int step = 0; step < steps; step++)
        {
            a = Vector256.FusedMultiplyAdd(x, y, a);
            b = Vector256.FusedMultiplyAdd(x, y, b);
            c = Vector256.FusedMultiplyAdd(x, y, c);
            d = Vector256.FusedMultiplyAdd(x, y, d);
            e = Vector256.FusedMultiplyAdd(x, y, e);
            f = Vector256.FusedMultiplyAdd(x, y, f);
            g = Vector256.FusedMultiplyAdd(x, y, g);
            h = Vector256.FusedMultiplyAdd(x, y, h);
            i = Vector256.FusedMultiplyAdd(x, y, i);
            j = Vector256.FusedMultiplyAdd(x, y, j);
        }
        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j);
    }
}
