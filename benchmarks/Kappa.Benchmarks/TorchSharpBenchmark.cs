using Kappa.Preconditioning;
using Kappa.Tensors.Cpu.Threads;
using Kappa.TorchSharp.Tests;
using TorchSharp;
using Ours = Kappa.TorchSharp;

namespace Kappa.Benchmarks;

/// <summary>Our engine against TorchSharp, and our methods on TorchSharp's own models against its AdamW.</summary>
internal static class TorchSharpBenchmark
{
    private const int Batch = 8;
    private const int Positions = 128;

    private static readonly int[] Widths = [784, 512, 512, 10];

    internal static int Run(string[] arguments)
    {
        if (LibtorchLoading.Fault() is { } fault)
        {
            Console.Error.WriteLine(
                $"torchsharp: libtorch cannot be loaded here: {fault}. TorchSharp 0.107 needs Linux on x86-64 with the C++ library of GCC 13 (Debian 13, "
                + "Ubuntu 24.04), or gcc and patchelf, by which a copy is made to load");
            return 1;
        }

        string only = BenchmarkOptions.Value(arguments, "--only") ?? "";
        int rounds = arguments.Contains("--quick") ? 5 : 15;
        foreach (int threads in BenchmarkOptions.ThreadCounts(arguments))
        {
            WorkerPool.ThreadCount = threads;
            torch.set_num_threads(threads);
            Sheet.Table = "Our engine against TorchSharp";
            Console.WriteLine(
                $"{threads} thread(s), load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}: TorchSharp's time over ours, above 1 ours is faster");
            foreach (var (name, make) in Duels().Where(duel => duel.Name.Contains(only, StringComparison.Ordinal)))
                Report(name, make(), threads, rounds, isDuel: true);
            Sheet.Table = "Our methods on a TorchSharp model";
            Console.WriteLine($"{threads} thread(s): our method on a TorchSharp model over its own AdamW, 1 is no cost");
            foreach (var (name, make) in Methods().Where(method => method.Name.Contains(only, StringComparison.Ordinal)))
                Report(name, make(), threads, rounds, isDuel: false);
        }

        return 0;
    }

    private static void Report(string name, (Func<double> Ours, Func<double> Theirs) pair, int threads, int rounds, bool isDuel)
    {
        double[] medians = Interleaving.Medians(rounds, pair.Ours, pair.Theirs);
        double ratio = isDuel ? medians[1] / medians[0] : medians[0] / medians[1];
        Sheet.Add(isDuel ? $"{name}: times as fast as TorchSharp" : $"{name} on a TorchSharp model: over its own AdamW", threads, ratio);
        Console.WriteLine($"  {name}: {ratio:F2} (ours {medians[0] * 1e3:F3} ms, theirs {medians[1] * 1e3:F3} ms)");
    }

    private static IEnumerable<(string Name, Func<(Func<double> Ours, Func<double> Theirs)> Make)> Duels()
    {
        yield return ("step, MLP 784-512-512-10, batch 128", () =>
        {
            var (ours, theirs) = (new OurTraining(new TrainingCase(Widths, 128, "crossEntropy", false, false)), Theirs(128));
            return (() => ours.Run(10), () => theirs.Run(10));
        });
        yield return ("step, MLP 17-64-64-6, batch 64", () =>
        {
            var ours = new OurTraining(new TrainingCase([17, 64, 64, 6], 64, "mse", false, false));
            var theirs = new TorchSharpTraining(TorchSharpTraining.Perceptron(17, 64, 64, 6), torch.randn(64, 17), torch.randn(64, 6));
            return (() => ours.Run(100), () => theirs.Run(100));
        });
        yield return ("step, conv net 1-32-64-128, batch 64", () =>
        {
            var ours = OurSteps.Make("conv");
            var theirs = new TorchSharpTraining(TorchSharpTraining.Convolutions(), torch.randn(64, 1, 28, 28), Labels(64, 10));
            return (() => ours(2), () => theirs.Run(2));
        });
        yield return ("step, transformer, their fused attention", () =>
        {
            var ours = OurSteps.Make("transformer");
            var theirs = Transformer(fused: true);
            return (() => ours(1), () => theirs.Run(1));
        });
        yield return ("Hessian product of the transformer", () =>
        {
            var ours = OurSteps.Make("transformer, Hessian product");
            var theirs = Transformer(fused: false, out var vectors);
            return (() => ours(1), () => theirs.Hessian(vectors));
        });
        yield return ("DoPr-AdamW, MLP, batch 128, theirs by hooks", () =>
        {
            var (ours, theirs) = (OurSteps.Make("dopr, batch 128, dual"), Theirs(128, beforeStep: TorchSharpByHand.Preconditioning));
            return (() => ours(5), () => theirs.Run(5));
        });
        yield return ("AdamO, MLP, batch 128, theirs by hand", () =>
        {
            var ours = new OurTraining(
                new TrainingCase(Widths, 128, "crossEntropy", false, false), parameters => new Isometry.AdamO(parameters, learningRate: 1e-3));
            var theirs = Theirs(128, beforeStep: TorchSharpByHand.Isometry);
            return (() => ours.Run(5), () => theirs.Run(5));
        });
    }

    private static IEnumerable<(string Name, Func<(Func<double> Ours, Func<double> Theirs)> Make)> Methods()
    {
        foreach (int batch in (int[])[128, 4096])
        {
            int steps = batch == 128 ? 10 : 1;
            yield return ($"DoPr, batch {batch}", () => Beside(batch, steps, model => With(model, new DoPrOptions())));
            yield return ($"DoPr refreshed every 10 steps, batch {batch}", () => Beside(
                batch, 10, model => With(model, new DoPrOptions { RefreshInterval = 10 })));
        }

        yield return ("DoPr in front of our AdamW, batch 128", () => Beside(128, 10, model => new Ours.KappaOptimizer(
            model, 1e-3, (parameters, own) => new DoPr(new Optimizers.AdamW(parameters), own))));
        yield return ("our AdamW, batch 128", () => Beside(
            128, 10, model => new Ours.KappaOptimizer(model.named_parameters(), 1e-3, parameters => new Optimizers.AdamW(parameters))));
        yield return ("AdamO, batch 128", () => Beside(128, 10, model => new Ours.AdamO(model.named_parameters())));
        yield return ("Muon, batch 128", () => Beside(128, 5, model => new Ours.Muon(model.named_parameters())));

        static torch.optim.Optimizer With(torch.nn.Module model, DoPrOptions options) =>
            new Ours.DoPr(torch.optim.AdamW(model.parameters(), 1e-3), model, options);

        static (Func<double> Ours, Func<double> Theirs) Beside(
            int batch, int steps, Func<torch.nn.Module<torch.Tensor, torch.Tensor>, torch.optim.Optimizer> optimizer)
        {
            var (ours, theirs) = (Theirs(batch, optimizer), Theirs(batch));
            return (() => ours.Run(steps), () => theirs.Run(steps));
        }
    }

    private static TorchSharpTraining Theirs(
        int batch, Func<torch.nn.Module<torch.Tensor, torch.Tensor>, torch.optim.Optimizer>? optimizer = null,
        Func<torch.nn.Module<torch.Tensor, torch.Tensor>, Action>? beforeStep = null) =>
        new(TorchSharpTraining.Perceptron(Widths), torch.randn(batch, Widths[0]), Labels(batch, Widths[^1]), optimizer, beforeStep);

    private static TorchSharpTraining Transformer(bool fused) => Transformer(fused, out _);

    private static TorchSharpTraining Transformer(bool fused, out torch.Tensor[] vectors)
    {
        var options = TransformerBenchmark.Options;
        int vocabulary = options.VocabularySize;
        var model = new TorchSharpTransformer(vocabulary, options.Width, options.Layers, options.Heads, Positions, fused);
        vectors = [.. model.parameters().Select(parameter => torch.randn_like(parameter))];
        return new TorchSharpTraining(model, torch.randint(vocabulary, [Batch, Positions], dtype: torch.int64), Labels(Batch * Positions, vocabulary));
    }

    private static torch.Tensor Labels(int count, int classes) => torch.randint(classes, [count], dtype: torch.int64);
}
