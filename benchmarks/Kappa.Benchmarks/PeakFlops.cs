using System.Diagnostics;
using Kappa.Tensors.Cpu.Products;

namespace Kappa.Benchmarks;

/// <summary>The rate of the best large product, as the floor that steps are held against.</summary>
internal static unsafe class PeakFlops
{
    private static readonly Dictionary<int, double> Known = [];

    internal static double PerSecond(int threads)
    {
        if (Known.TryGetValue(threads, out double known))
            return known;
        const int N = 512;
        using var a = Tensors.Tensor.Ones([N, N]);
        using var b = Tensors.Tensor.Ones([N, N]);
        using var c = Tensors.Tensor.Zeros([N, N]);
        double best = double.MaxValue;
        for (int i = 0; i < 60; i++)
        {
            long start = Stopwatch.GetTimestamp();
            MatrixProduct.Multiply(false, false, N, N, N, a.Pointer<float>(), N, b.Pointer<float>(), N, c.Pointer<float>(), N, false);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return Known[threads] = 2.0 * N * N * N / best;
    }
}
