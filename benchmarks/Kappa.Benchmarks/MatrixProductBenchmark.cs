using System.Runtime.InteropServices;
using Kappa.Tensors.Cpu.Products;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Cpu.Vectors;

namespace Kappa.Benchmarks;

/// <summary>The float32 matrix product against OpenBLAS, on the shapes of small networks and on squares.</summary>
internal static unsafe class MatrixProductBenchmark
{
    private static readonly (string Kind, int M, int K, int N)[] Shapes =
    [
        ("NT", 128, 784, 512), ("NN", 128, 784, 512), ("TN", 784, 128, 512), ("NN", 128, 512, 784),
        ("NT", 128, 512, 512), ("NN", 128, 512, 512), ("TN", 512, 128, 512), ("TN", 512, 128, 784),
        ("NT", 128, 512, 10), ("NN", 128, 10, 512), ("TN", 10, 128, 512),
        ("NN", 64, 256, 64), ("NT", 64, 256, 64), ("TN", 64, 256, 64),
        ("NT", 64, 17, 64), ("NT", 64, 64, 64), ("NT", 64, 64, 6), ("NN", 64, 6, 64), ("TN", 6, 64, 64), ("NN", 64, 64, 64), ("TN", 64, 64, 64),
        ("NT", 4096, 784, 512), ("TN", 784, 4096, 512), ("NN", 4096, 512, 512), ("TN", 512, 4096, 512),
        ("NN", 32, 32, 32), ("NN", 64, 64, 64), ("NN", 128, 128, 128), ("NN", 256, 256, 256), ("NN", 512, 512, 512), ("NN", 1024, 1024, 1024),
        ("NN", 2048, 2048, 2048), ("NT", 256, 256, 256), ("NT", 512, 512, 512), ("NT", 1024, 1024, 1024), ("TN", 256, 256, 256),
        ("TN", 512, 512, 512), ("TN", 1024, 1024, 1024),
    ];

    internal static int Run(string[] args)
    {
        if (OpenBlas.Load() is not { } core)
            return 1;
        int[] threadCounts = [.. BenchmarkOptions.ThreadCounts(args)];
        string? only = BenchmarkOptions.Value(args, "--only");
        Console.WriteLine($"float32 product, OpenBLAS kernels {core}, ours {CpuFeatures.Selected}. Ratio above 1: ours is faster.");
        foreach (int threads in threadCounts)
        {
            WorkerPool.ThreadCount = threads;
            OpenBlas.openblas_set_num_threads(threads);
            double peak = PeakRate.Measure(threads);
            Console.WriteLine(
                $"\n{threads} thread(s), peak {peak / 1e9:F0} GF/s\n"
                + $"{"m x k x n",-22}{"ours us",10}{"OpenBLAS us",13}{"ours GF/s",11}{"OpenBLAS",10}{"of peak",9}{"ratio",8}");
            var ratios = new List<(double Ratio, string Name)>();
            foreach (var (kind, m, k, n) in Shapes)
            {
                string name = $"{kind} {m}x{k}x{n}";
                if (only is not null && !name.Contains(only, StringComparison.Ordinal))
                    continue;
                var result = Measure(kind, m, k, n);
                double flops = 2.0 * m * k * n;
                Console.WriteLine(
                    $"{name,-22}{result.Ours * 1e6,10:F2}{result.Peer * 1e6,13:F2}{flops / result.Ours / 1e9,11:F1}{flops / result.Peer / 1e9,10:F1}"
                    + $"{flops / result.Ours / peak,9:P0}{result.Ratio,8:F2}");
                ratios.Add((result.Ratio, name));
            }
            var worst = ratios.Min();
            Sheet.Add(
                "float32 products: times as fast as OpenBLAS, median over all shapes", threads, Interleaving.Median([.. ratios.Select(item => item.Ratio)]));
            Sheet.Add("the worst shape", threads, worst.Ratio);
            foreach (var (ratio, name) in ratios)
                Sheet.Add(name, threads, ratio);
            Console.WriteLine(
                $"{threads} thread(s): median ratio {Interleaving.Median([.. ratios.Select(item => item.Ratio)]):F2}, worst {worst.Ratio:F2} at {worst.Name}");
        }
        return 0;
    }

    private static Interleaved.Result Measure(string kind, int m, int k, int n)
    {
        bool transposeA = kind[0] == 'T', transposeB = kind[1] == 'T';
        float* a = Allocate(m * k), b = Allocate(k * n), ours = Allocate(m * n), theirs = Allocate(m * n);
        int lda = transposeA ? m : k, ldb = transposeB ? k : n;
        double flops = 2.0 * m * k * n;
        int inner = (int)Math.Clamp(2e7 / flops, 1, 2000);
        int samples = flops > 4e9 ? 11 : flops > 5e8 ? 21 : 61;
        var result = Interleaved.Time(
            () => MatrixProduct.Multiply(transposeA, transposeB, m, n, k, a, lda, b, ldb, ours, n, accumulate: false),
            () => OpenBlas.cblas_sgemm(
                OpenBlas.RowMajor, transposeA ? OpenBlas.Transpose : OpenBlas.NoTranspose, transposeB ? OpenBlas.Transpose : OpenBlas.NoTranspose,
                m, n, k, 1, a, lda, b, ldb, 0, theirs, n),
            inner, samples);
        for (int i = 0; i < m * n; i++)
        {
            if (!(Math.Abs(ours[i] - theirs[i]) < 1e-3))
                throw new InvalidOperationException($"{kind} {m}x{k}x{n}: element {i} is {ours[i]}, OpenBLAS has {theirs[i]}.");
        }
        NativeMemory.AlignedFree(a);
        NativeMemory.AlignedFree(b);
        NativeMemory.AlignedFree(ours);
        NativeMemory.AlignedFree(theirs);
        return result;
    }

    private static float* Allocate(int count)
    {
        float* memory = (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), 64);
        var random = new Random(count);
        for (int i = 0; i < count; i++)
            memory[i] = (random.NextSingle() - 0.5f) / 4;
        return memory;
    }
}
