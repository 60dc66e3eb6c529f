using Kappa.Preconditioning;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Benchmarks;

/// <summary>What activation preconditioning adds to an AdamW step.</summary>
internal static class DoPrBenchmark
{
    internal static int Run(string[] arguments)
    {
        int rounds = arguments.Contains("--quick") ? 6 : 25;
        string only = BenchmarkOptions.Value(arguments, "--only") ?? "";
        foreach (int threads in BenchmarkOptions.ThreadCounts(arguments).ToArray())
        {
            WorkerPool.ThreadCount = threads;
            using var peer = arguments.Contains("--alone") ? null : TorchPeer.Start(threads, openMpBlas: threads > 1);
            foreach (var (name, batch, options, hasPeer) in new[]
            {
                ("batch 128, dual", 128, new DoPrOptions(), true),
                ("batch 4096, primal, every step", 4096, new DoPrOptions(), true),
                ("batch 4096, refreshed every 10 steps", 4096, new DoPrOptions { RefreshInterval = 10 }, false),
                ("batch 4096, refreshed every 10 steps beside them", 4096, new DoPrOptions { RefreshInterval = 10, AsynchronousRefresh = true }, false),
            })
            {
                if (name.Contains(only, StringComparison.Ordinal))
                    Compare(name, batch, options, threads, rounds, 10, hasPeer ? peer : null);
            }
        }

        return 0;
    }

    private static void Compare(string name, int batch, DoPrOptions options, int threads, int rounds, int steps, TorchPeer? peer)
    {
        var work = new TrainingCase([784, 512, 512, 10], batch, "crossEntropy", true, false);
        var plain = new OurTraining(work);
        var preconditioned = new OurTraining(work with { Dopr = true }, options);
        var contenders = new List<Func<double>> { () => plain.Run(steps), () => preconditioned.Run(steps) };
        if (peer is not null)
        {
            contenders.Add(() => peer.Run(work, steps));
            contenders.Add(() => peer.Run(work with { Dopr = true }, steps));
        }

        double[] medians = Interleaving.Medians(rounds, [.. contenders]);
        Console.WriteLine(
            $"MLP 784-512-512-10, {name}, {threads} thread(s): AdamW {medians[0] * 1e3:F2} ms, DoPr-AdamW {medians[1] * 1e3:F2} ms, ratio "
            + $"{medians[1] / medians[0]:F3}");
        Sheet.Add($"DoPr-AdamW step over AdamW step, MLP, {name}", threads, medians[1] / medians[0]);
        if (peer is not null)
            Sheet.Add($"the same in PyTorch with hooks, {name}", threads, medians[3] / medians[2]);
        if (peer is not null)
            Console.WriteLine(
                $"  PyTorch with hooks: ratio {medians[3] / medians[2]:F3}; ours with DoPr is {medians[3] / medians[1]:F2} times as fast as PyTorch's with it");
    }
}
