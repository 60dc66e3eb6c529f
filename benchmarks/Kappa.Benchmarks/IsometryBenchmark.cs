using System.Diagnostics;
using Kappa.Diagnostics;
using Kappa.Isometry;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Benchmarks;

/// <summary>What the isometry penalty adds to an AdamW step, ours and in PyTorch.</summary>
internal static class IsometryBenchmark
{
    private static readonly TrainingCase Work = new([784, 512, 512, 512, 512, 10], 256, "crossEntropy", true, false);

    internal static int Run(string[] arguments)
    {
        string only = BenchmarkOptions.Value(arguments, "--only") ?? "";
        int rounds = arguments.Contains("--quick") ? 8 : 30;
        foreach (int threads in BenchmarkOptions.ThreadCounts(arguments).ToArray())
        {
            WorkerPool.ThreadCount = threads;
            using var peer = arguments.Contains("--alone") || !"step".Contains(only, StringComparison.Ordinal)
                ? null
                : TorchPeer.Start("torch_isometry.py", threads, openMpBlas: threads > 1, [], Request("none", true, 1));
            if ("step".Contains(only, StringComparison.Ordinal))
                Steps(threads, rounds, peer);
            if ("diagnostics".Contains(only, StringComparison.Ordinal))
                Diagnostics(threads, rounds);
        }

        return 0;
    }

    private static void Steps(int threads, int rounds, TorchPeer? peer)
    {
        const int Count = 10;
        var plain = new OurTraining(Work, parameters => new AdamW(parameters, 1e-4, new AdamWOptions { WeightDecay = 0 }));
        var every = new OurTraining(Work, parameters => new AdamO(parameters, 1e-4));
        var tenth = new OurTraining(Work, parameters => new AdamO(parameters, 1e-4, new IsometryOptions { Interval = 10, Strength = 1e-2 }));
        var contenders = new List<Func<double>> { () => plain.Run(Count), () => every.Run(Count), () => tenth.Run(Count) };
        if (peer is not null)
        {
            foreach (string variant in new[] { "none", "decoupled", "coupled" })
            {
                contenders.Add(() => peer.Ask(Request(variant, true, Count)) / Count);
                contenders.Add(() => peer.Ask(Request(variant, false, Count)) / Count);
            }
        }

        double[] medians = Interleaving.Medians(rounds, [.. contenders]);
        double penalty = 0;
        for (int i = 0; i + 2 < Work.Sizes.Length; i++)
            penalty += 3.0 * Math.Min(Work.Sizes[i], Work.Sizes[i + 1]) * Work.Sizes[i] * Work.Sizes[i + 1];
        Console.WriteLine(
            $"MLP 784-512x4-10, batch 256, {threads} thread(s): AdamW {medians[0] * 1e3:F2} ms; AdamO {medians[1] * 1e3:F2} ms, "
            + $"{medians[1] / medians[0]:F3} of it (flops of the products alone: {1 + (penalty / Work.ProductFlops):F2}); "
            + $"every 10 steps {medians[2] / medians[0]:F3} of it");
        Sheet.Add("AdamO step over AdamW step, MLP 784-512x4-10, batch 256", threads, medians[1] / medians[0]);
        Sheet.Add("every 10 steps", threads, medians[2] / medians[0]);
        if (peer is null)
            return;
        double torchPlain = Math.Min(medians[3], medians[4]);
        double torchDecoupled = Math.Min(medians[5], medians[6]);
        double torchCoupled = Math.Min(medians[7], medians[8]);
        Sheet.Add("PyTorch: closed form over AdamW", threads, torchDecoupled / torchPlain);
        Sheet.Add("AdamO step: times as fast as PyTorch with the closed form", threads, torchDecoupled / medians[1]);
        Sheet.Add("AdamO step: times as fast as PyTorch with the penalty in the loss", threads, torchCoupled / medians[1]);
        Console.WriteLine(
            $"  PyTorch: AdamW {torchPlain * 1e3:F2} ms; decoupled {torchDecoupled / torchPlain:F2} of it, in the loss {torchCoupled / torchPlain:F2}; "
            + $"our AdamO step is {torchDecoupled / medians[1]:F2} times as fast as the decoupled one, {torchCoupled / medians[1]:F2} times as the other; "
            + $"our AdamW {torchPlain / medians[0]:F2} times");
    }

    private static void Diagnostics(int threads, int rounds)
    {
        var square = Mlp([512, 512, 512, 512, 512]);
        var classifier = Mlp(Work.Sizes);
        var atSquare = Tensor.Normal([1, 512], new Philox(1));
        var inputs = Tensor.Normal([128, 784], new Philox(2));
        var weight = Tensor.Normal([512, 512], new Philox(3));
        var diagnostics = new TrainingDiagnostics(classifier, inputs);
        double[] medians = Interleaving.Medians(
            rounds,
            () => Seconds(() => _ = JacobianSpectrum.Dense(square.Forward, atSquare)),
            () => Seconds(() => _ = MatrixSpectrum.Of(weight)),
            () => Seconds(() => _ = NeuralTangentKernel.Of(classifier, inputs.Slice(0, 0, 16))),
            () => Seconds(() => _ = DormantUnits.Measure(classifier, inputs)),
            () => Seconds(() => _ = diagnostics.Measure(0)));
        string[] what =
        [
            "all 512 end-to-end Jacobian singular values at one input, width 512, depth 4, ms", "singular values of a weight 512 x 512, ms",
            "MLP 784-512x4-10: tangent kernel at 16 inputs, ms", "its dormant units at 128 inputs, ms", "all that training diagnostics measure, ms",
        ];
        Sheet.Table = "Diagnostics";
        for (int i = 0; i < what.Length; i++)
            Sheet.Add(what[i], Sheet.ColumnOf(threads), medians[i] * 1e3, "0.0");
        Console.WriteLine(
            $"{threads} thread(s): all 512 end-to-end Jacobian singular values, width 512, depth 4, one input: {medians[0] * 1e3:F1} ms; "
            + $"of a weight 512 x 512: {medians[1] * 1e3:F1} ms. "
            + $"MLP 784-512x4-10: tangent kernel at 16 inputs {medians[2] * 1e3:F1} ms, dormant units at 128 {medians[3] * 1e3:F1} ms, "
            + $"everything that training diagnostics measure {medians[4] * 1e3:F1} ms");
    }

    private static Sequential Mlp(int[] sizes)
    {
        var modules = new List<Module>();
        for (int i = 0; i + 1 < sizes.Length; i++)
        {
            modules.Add(new Linear(sizes[i], sizes[i + 1]));
            if (i + 2 < sizes.Length)
                modules.Add(new ReLU());
        }

        return new Sequential([.. modules]);
    }

    private static double Seconds(Action action)
    {
        using var scope = TensorScope.Begin();
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static object Request(string variant, bool multiTensor, int steps) =>
        new { @case = new { sizes = Work.Sizes, batch = Work.Batch, @foreach = multiTensor, variant, rate = 1e-7 }, steps };
}
