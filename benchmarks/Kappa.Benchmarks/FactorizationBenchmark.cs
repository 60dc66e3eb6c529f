using System.Runtime.InteropServices;
using Kappa.Tensors.Cpu.Factorization;
using Kappa.Tensors.Cpu.Products;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Cpu.Vectors;

namespace Kappa.Benchmarks;

/// <summary>Symmetric products, Cholesky and triangular solves against OpenBLAS, and each against our own product's rate.</summary>
internal static unsafe class FactorizationBenchmark
{
    private delegate void Work(float* a, float* b, float* c);

    internal static int Run(string[] args)
    {
        if (OpenBlas.Load() is not { } core)
            return 1;
        Console.WriteLine($"float32, OpenBLAS kernels {core}, ours {CpuFeatures.Selected}. Ratio above 1: ours is faster.");
        string only = BenchmarkOptions.Value(args, "--only") ?? "";
        foreach (int threads in BenchmarkOptions.ThreadCounts(args).ToArray())
        {
            WorkerPool.ThreadCount = threads;
            OpenBlas.openblas_set_num_threads(threads);
            double peak = PeakRate.Measure(threads);
            Console.WriteLine(
                $"\n{threads} thread(s), peak {peak / 1e9:F0} GF/s\n{"what",-34}{"ours us",10}{"OpenBLAS us",13}{"ours GF/s",11}{"of peak",9}{"ratio",8}");
            var ratios = new List<(double Ratio, string Name)>();
            foreach (var (name, flops, result) in Cases(only))
            {
                Console.WriteLine(
                    $"{name,-34}{result.Ours * 1e6,10:F1}{result.Peer * 1e6,13:F1}{flops / result.Ours / 1e9,11:F1}"
                    + $"{flops / result.Ours / peak,9:P0}{result.Ratio,8:F2}");
                ratios.Add((result.Ratio, name));
            }
            var worst = ratios.Min();
            foreach (var (ratio, what) in ratios)
                Sheet.Add($"{what}: times as fast as OpenBLAS", threads, ratio);
            Console.WriteLine(
                $"{threads} thread(s): median ratio {Interleaving.Median([.. ratios.Select(item => item.Ratio)]):F2}, worst {worst.Ratio:F2} at {worst.Name}");
        }
        return 0;
    }

    private static IEnumerable<(string Name, double Flops, Interleaved.Result Result)> Cases(string only)
    {
        foreach (var (transposed, n, k) in new[]
        {
            (false, 128, 784), (false, 128, 512), (true, 784, 4096), (true, 512, 4096), (true, 512, 128), (false, 512, 512), (true, 512, 512), (false, 512, 784)
        })
        {
            string name = $"SYRK {(transposed ? "A^T A" : "A A^T")} n={n} k={k}";
            if (name.Contains(only, StringComparison.Ordinal))
                yield return (name, (double)n * n * k, Symmetric(transposed, n, k));
        }

        foreach (int n in new[] { 64, 128, 256, 512, 784, 1024 })
        {
            string name = $"Cholesky n={n}";
            if (name.Contains(only, StringComparison.Ordinal))
                yield return (name, (double)n * n * n / 3, Factor(n));
        }

        foreach (var (right, transposeL, n, count) in new[]
        {
            (false, false, 128, 512), (false, true, 128, 512), (false, false, 128, 784), (true, true, 784, 512), (true, false, 784, 512),
            (true, true, 512, 512), (false, false, 1024, 512), (false, false, 64, 64),
        })
        {
            string name = $"Solve{(right ? "Right" : "Left")}{(transposeL ? " L^T" : " L")} n={n} others={count}";
            if (name.Contains(only, StringComparison.Ordinal))
                yield return (name, (double)n * n * count, Solve(right, transposeL, n, count));
        }
    }

    private static Interleaved.Result Symmetric(bool transposed, int n, int k)
    {
        int lda = transposed ? n : k;
        return Compare(n * k, 0, n * n, (double)n * n * k,
            (a, _, c) => SymmetricRankUpdate.Compute(transposed, n, k, a, lda, c, n, 1, accumulate: false),
            (a, _, c) => OpenBlas.cblas_ssyrk(
                OpenBlas.RowMajor, OpenBlas.Lower, transposed ? OpenBlas.Transpose : OpenBlas.NoTranspose, n, k, 1, a, lda, 0, c, n));
    }

    private static Interleaved.Result Factor(int n) =>
        Compare(0, n * n, n * n, (double)n * n * n / 3,
            (_, b, c) =>
            {
                Buffer.MemoryCopy(b, c, (long)n * n * sizeof(float), (long)n * n * sizeof(float));
                Check(Cholesky.Factor(n, c, n));
            },
            (_, b, c) =>
            {
                Buffer.MemoryCopy(b, c, (long)n * n * sizeof(float), (long)n * n * sizeof(float));
                byte upper = (byte)'U';
                int size = n, info;
                OpenBlas.spotrf_(&upper, &size, c, &size, &info);
                Check(info - 1);
            },
            triangular: n);

    private static Interleaved.Result Solve(bool right, bool transposeL, int n, int count) =>
        Compare(0, n * n, n * count, (double)n * n * count,
            (_, l, b) =>
            {
                if (right)
                    TriangularSolve.SolveRight(transposeL, count, n, l, n, b, n);
                else
                    TriangularSolve.SolveLeft(transposeL, n, count, l, n, b, count);
            },
            (_, l, b) => OpenBlas.cblas_strsm(
                OpenBlas.RowMajor, right ? OpenBlas.Right : OpenBlas.Left, OpenBlas.Lower, transposeL ? OpenBlas.Transpose : OpenBlas.NoTranspose,
                OpenBlas.NonUnit, right ? count : n, right ? n : count, 1, l, n, b, right ? n : count),
            triangular: n);

    /// <summary>Times both on their own copy of the output; B is a well-conditioned matrix with a unit diagonal when <paramref name="triangular"/> gives its
    /// size.</summary>
    private static Interleaved.Result Compare(int sizeA, int sizeB, int sizeC, double flops, Work ours, Work peer, int triangular = 0)
    {
        float* a = Allocate(sizeA), b = Allocate(sizeB), ourC = Allocate(sizeC), peerC = Allocate(sizeC);
        for (int i = 0; i < triangular; i++)
        {
            // Symmetric, with a unit diagonal: solving again and again neither grows nor vanishes.
            for (int j = 0; j < triangular; j++)
                b[(i * triangular) + j] = i == j ? 1 : 0.01f / triangular;
        }
        int inner = (int)Math.Clamp(2e7 / flops, 1, 500);
        var result = Interleaved.Time(() => ours(a, b, ourC), () => peer(a, b, peerC), inner, flops > 5e8 ? 15 : 41);
        NativeMemory.AlignedFree(a);
        NativeMemory.AlignedFree(b);
        NativeMemory.AlignedFree(ourC);
        NativeMemory.AlignedFree(peerC);
        return result;
    }

    private static void Check(int badPivot)
    {
        if (badPivot >= 0)
            throw new InvalidOperationException($"the matrix is positive definite, but pivot {badPivot} was refused");
    }

    private static float* Allocate(int count)
    {
        float* memory = (float*)NativeMemory.AlignedAlloc((nuint)(count + 1) * sizeof(float), 64);
        var random = new Random(count);
        for (int i = 0; i < count; i++)
            memory[i] = (random.NextSingle() - 0.5f) / 4;
        return memory;
    }
}
