using System.Diagnostics;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Benchmarks;

/// <summary>One AdamW step of a convolutional network, 1-32-64-128 channels, 3 x 3, batch 64 of 28 x 28, ours against PyTorch's in the better of its
/// layouts.</summary>
internal static class ConvolutionBenchmark
{
    /// <summary>Flops of the products: forward and weight gradient of three layers and the head, input gradients of all but the first layer.</summary>
    private const double Flops = 64.0 * ((4 * 784.0 * 32 * 9) + (6 * 196.0 * 64 * 288) + (6 * 49.0 * 128 * 576) + (6 * 128.0 * 10));

    internal static int Run(string[] arguments)
    {
        int rounds = arguments.Contains("--quick") ? 5 : 20;
        foreach (int threads in BenchmarkOptions.ThreadCounts(arguments))
        {
            WorkerPool.ThreadCount = threads;
            using var peer = arguments.Contains("--alone") ? null : TorchPeer.Start(
                "torch_conv.py", threads, openMpBlas: threads > 1, [], new { @case = new TorchCase(false, true), steps = 1 });
            Compare(threads, rounds, peer);
        }

        return 0;
    }

    private static void Compare(int threads, int rounds, TorchPeer? peer)
    {
        const int Steps = 5;
        var step = Training();
        var contenders = new List<Func<double>> { () => Time(step, Steps) };
        TorchCase[] cases = [new(false, true), new(true, true), new(false, false), new(true, false)];
        if (peer is not null)
            contenders.AddRange(cases.Select(work => (Func<double>)(() => peer.Ask(new { @case = work, steps = Steps }) / Steps)));
        double[] medians = Interleaving.Medians(rounds, [.. contenders]);
        Console.WriteLine(
            $"conv net 1-32-64-128, batch 64, {threads} thread(s), AdamW: ours {medians[0] * 1e3:F2} ms a step; products alone at the peak rate "
            + $"{Flops / PeakFlops.PerSecond(threads) * 1e3:F2} ms");
        if (peer is not null)
        {
            var peers = cases.Select((work, i) =>
                $"{(work.ChannelsLast ? "channels last" : "channels first")} {(work.Foreach ? "foreach" : "loop")} ({medians[i + 1] / medians[0]:F2})");
            Sheet.Add("AdamW step, conv net 1-32-64-128, batch 64: times as fast as PyTorch's best", threads, medians[1..].Min() / medians[0]);
            Console.WriteLine($"  against PyTorch: {medians[1..].Min() / medians[0]:F2} times as fast as the best of {string.Join(", ", peers)}");
        }
    }

    private static double Time(Action step, int steps)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++)
            step();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / steps;
    }

    /// <param name="isNormalized">Whether batch normalisation follows each convolution.</param>
    internal static Action Training(bool isNormalized = false)
    {
        var generator = new Philox(0);
        Module[] Block(int from, int to) => [new Conv2d(from, to, 3, padding: 1), .. isNormalized ? [new BatchNorm2d(to)] : (Module[])[], new ReLU()];
        var model = new Sequential(
            [.. Block(1, 32), new MaxPool2d(2), .. Block(32, 64), new MaxPool2d(2), .. Block(64, 128), new GlobalAvgPool2d(), new Linear(128, 10)]);
        var x = Tensor.Normal([64, 1, 28, 28], generator);
        var labels = Tensor.From([.. Enumerable.Range(0, 64).Select(_ => generator.NextInt32(10))], [64]);
        var optimizer = new AdamW(model.Parameters(), learningRate: 1e-3);
        return () =>
        {
            using var scope = TensorScope.Begin();
            Loss.CrossEntropy(model.Forward(x), labels).Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        };
    }

    /// <summary>What PyTorch is asked for: its memory layout, and which of its AdamW implementations.</summary>
    private sealed record TorchCase(bool ChannelsLast, bool Foreach);
}
