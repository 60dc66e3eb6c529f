using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Benchmarks;

/// <summary>One AdamW step of a multilayer perceptron, ours against PyTorch's and against the same step written by hand.</summary>
internal static class TrainingStepBenchmark
{
    private static readonly TrainingCase Mlp = new([784, 512, 512, 10], 128, "crossEntropy", true, false);
    private static readonly TrainingCase Small = new([17, 64, 64, 6], 64, "mse", true, false);

    internal static int Run(string[] arguments)
    {
        int rounds = arguments.Contains("--quick") ? 10 : 40;
        foreach (int threads in new[] { 1, 2 })
        {
            WorkerPool.ThreadCount = threads;
            using var peer = TorchPeer.Start(threads, openMpBlas: threads > 1);
            Compare("MLP 784-512-512-10, batch 128", Mlp, threads, 10, rounds, peer);
            Compare("MLP 17-64-64-6, batch 64", Small, threads, 500, rounds, peer);
        }

        return 0;
    }

    private static void Compare(string name, TrainingCase work, int threads, int steps, int rounds, TorchPeer? peer)
    {
        var ours = new OurTraining(work);
        var byHand = new HandWrittenStep(work);
        var contenders = new List<Func<double>> { () => ours.Run(steps), () => byHand.Run(steps) };
        if (peer is not null)
        {
            contenders.Add(() => peer.Run(work, steps));
            contenders.Add(() => peer.Run(work with { Foreach = false }, steps));
        }

        double[] medians = Interleaving.Medians(rounds, [.. contenders]);
        double peak = PeakFlops.PerSecond(threads);
        Console.WriteLine(
            $"{name}, {threads} thread(s), AdamW: ours {medians[0] * 1e6:F1} us a step; "
            + $"products alone at the peak rate {work.ProductFlops / peak * 1e6:F1} us");
        Console.WriteLine($"  over a hand-written step: {medians[0] / medians[1]:F3} of its time");
        Sheet.Add($"AdamW step, {name}, ms", Sheet.ColumnOf(threads), medians[0] * 1e3, "0.000");
        Sheet.Add($"AdamW step, {name}: over the step written by hand, share of its time", threads, medians[0] / medians[1]);
        if (peer is not null)
            Sheet.Add($"AdamW step, {name}: times as fast as PyTorch's best", threads, Math.Min(medians[2], medians[3]) / medians[0]);
        if (peer is not null)
            Console.WriteLine(
                $"  against PyTorch: {Math.Min(medians[2], medians[3]) / medians[0]:F2} times as fast as the better of foreach ({medians[2] / medians[0]:F2}) "
                + $"and the loop ({medians[3] / medians[0]:F2})");
    }
}
