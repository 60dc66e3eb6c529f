using System.Diagnostics;
using Kappa.Optimizers;
using Kappa.Preconditioning;

namespace Kappa.Benchmarks;

/// <summary>The training steps of the benchmarks by name, ours alone, for comparing one build of the library with another.</summary>
internal static class OurSteps
{
    private static readonly int[] Widths = [784, 512, 512, 10];

    /// <summary>The names, each with the steps that one sample takes.</summary>
    internal static IReadOnlyList<(string Name, int Steps)> All { get; } =
    [
        ("step, MLP 784-512-512-10, batch 128", 20),
        ("step, MLP 17-64-64-6, batch 64", 1000),
        ("conv", 3),
        ("conv, batch norm", 3),
        ("transformer", 1),
        ("transformer, Hessian product", 1),
        ("transformer, DoPr", 1),
        ("dopr, batch 128, dual", 10),
        ("dopr, batch 4096, primal", 1),
        ("dopr, batch 4096, refreshed every 10 steps", 10),
        ("step, MLP, Muon", 5),
    ];

    /// <summary>Makes one by its name: given a number of steps, it runs them and gives the seconds of one.</summary>
    internal static Func<int, double> Make(string name)
    {
        var mlp = new TrainingCase(Widths, 128, "crossEntropy", true, false);
        var large = mlp with { Batch = 4096, Dopr = true };
        switch (name)
        {
            case "step, MLP 784-512-512-10, batch 128":
                return new OurTraining(mlp).Run;
            case "step, MLP 17-64-64-6, batch 64":
                return new OurTraining(new TrainingCase([17, 64, 64, 6], 64, "mse", true, false)).Run;
            case "step, MLP, Muon":
                return new OurTraining(mlp, parameters => new Muon(parameters)).Run;
            case "dopr, batch 128, dual":
                return new OurTraining(mlp with { Dopr = true }).Run;
            case "dopr, batch 4096, primal":
                return new OurTraining(large).Run;
            case "dopr, batch 4096, refreshed every 10 steps":
                return new OurTraining(large, new DoPrOptions { RefreshInterval = 10 }).Run;
            case "conv":
            case "conv, batch norm":
                var step = ConvolutionBenchmark.Training(name != "conv");
                return steps => Time(step, steps);
            case "transformer, Hessian product":
                var products = new TransformerBenchmark.Training(null);
                return steps => Time(() => _ = products.Hessian(null, recorded: false), steps);
            default:
                var training = new TransformerBenchmark.Training(name == "transformer" ? null : new DoPrOptions());
                return steps => training.Run(steps) / steps;
        }
    }

    private static double Time(Action step, int steps)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++)
            step();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / steps;
    }
}
