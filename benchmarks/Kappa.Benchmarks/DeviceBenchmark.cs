using System.Diagnostics;
using System.Globalization;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Networks.Models;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.TorchSharp;

namespace Kappa.Benchmarks;

/// <summary>Training steps on a device of libtorch: AdamW, and DoPr-AdamW over it; with their losses beside those of the host, from the same start.</summary>
internal static class DeviceBenchmark
{
    private const int AgreedSteps = 5;
    private const int StepsOfRound = 10;

    private static IEnumerable<(string Name, Func<Module> Model, Func<Philox, (Tensor Inputs, Tensor Labels)> Batch)> Cases(bool quick)
    {
        int width = quick ? 64 : 512, channels = quick ? 8 : 32, batch = quick ? 32 : 512;
        yield return (
            $"MLP 784-{width}-{width}-10, batch {batch}",
            () => new Sequential(new Linear(784, width), new ReLU(), new Linear(width, width), new ReLU(), new Linear(width, 10)),
            generator => (Tensor.Normal([batch, 784], generator), Labels(generator, batch, 10)));
        yield return (
            $"conv 1-{channels}-{2 * channels}, batch {batch} of 28 x 28",
            () => new Sequential(
                new Conv2d(1, channels, 3, padding: 1), new ReLU(), new MaxPool2d(2), new Conv2d(channels, 2 * channels, 3, padding: 1), new ReLU(),
                new GlobalAvgPool2d(), new Linear(2 * channels, 10)),
            generator => (Tensor.Normal([batch, 1, 28, 28], generator), Labels(generator, batch, 10)));
        var options = new TransformerOptions
        {
            VocabularySize = 256, Width = width, Layers = quick ? 1 : 6, Heads = 8, ContextLength = quick ? 16 : 256,
        };
        int texts = quick ? 2 : 32;
        yield return (
            $"transformer width {width}, {options.Layers} layers, {texts} x {options.ContextLength} tokens", () => new Transformer(options),
            generator => (
                Labels(generator, texts * options.ContextLength, options.VocabularySize).Reshape([texts, options.ContextLength]),
                Labels(generator, texts * options.ContextLength, options.VocabularySize)));
    }

    internal static int Run(string[] arguments)
    {
        bool quick = arguments.Contains("--quick");
        string name = BenchmarkOptions.Value(arguments, "--device") ?? "cuda", bits = BenchmarkOptions.Value(arguments, "--precision") ?? "float32";
        if (!Enum.TryParse<MatrixPrecision>(bits, ignoreCase: true, out var precision) || name is not ("cuda" or "torch-cpu"))
        {
            Console.Error.WriteLine($"expected --device cuda or torch-cpu, and --precision float32, tf32 or bfloat16; got {name} and {bits}");
            return 2;
        }

        Device device;
        try
        {
            _ = Libtorch.Load();
            device = name == "cuda" ? TorchDevice.Cuda(0, precision) : TorchDevice.CpuIn(precision);
        }
        catch (NotSupportedException error)
        {
            Console.Error.WriteLine($"{name} in {bits} cannot be used here: {error.Message}");
            return 1;
        }

        Console.WriteLine($"{device}: milliseconds of a step, medians of rounds in turn; loss after {AgreedSteps} steps there and on the host");
        Console.WriteLine($"{"",-52} {"AdamW",10} {"DoPr-AdamW",12} {"ratio",7} {"loss",12} {"on the host",12}");
        foreach (var (title, model, batch) in Cases(quick))
        {
            var (plain, preconditioned) = (new Training(model, batch, device, false), new Training(model, batch, device, true));
            var host = new Training(model, batch, Device.Cpu, true);
            double loss = preconditioned.Run(AgreedSteps), expected = host.Run(AgreedSteps);
            double[] seconds = Interleaving.Medians(quick ? 3 : 15, plain.Time, preconditioned.Time);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{title,-52} {seconds[0] * 1e3,10:F3} {seconds[1] * 1e3,12:F3} {seconds[1] / seconds[0],7:F2} {loss,12:F6} {expected,12:F6}"));
        }

        return 0;
    }

    private static Tensor Labels(Philox generator, int count, int classes) =>
        Tensor.From([.. Enumerable.Range(0, count).Select(_ => generator.NextInt32(classes))], [count]);

    /// <summary>A model that is trained on one batch.</summary>
    private sealed class Training
    {
        private readonly Module _model;
        private readonly Optimizer _optimizer;
        private readonly Tensor _inputs, _labels;

        internal Training(Func<Module> model, Func<Philox, (Tensor Inputs, Tensor Labels)> batch, Device device, bool isPreconditioned)
        {
            _model = model().Initialize(new Philox(1)).To(device);
            var (inputs, labels) = batch(new Philox(2));
            (_inputs, _labels) = (inputs.On(device), labels.On(device));
            var adam = new AdamW(_model.Parameters(), 1e-3);
            _optimizer = isPreconditioned ? new Preconditioning.DoPr(adam, _model) : adam;
        }

        /// <summary>Seconds of a step. Reading the last loss waits for all of them.</summary>
        internal double Time()
        {
            long start = Stopwatch.GetTimestamp();
            _ = Run(StepsOfRound);
            return Stopwatch.GetElapsedTime(start).TotalSeconds / StepsOfRound;
        }

        /// <summary>Takes steps, and gives the loss before the last one.</summary>
        internal double Run(int steps)
        {
            double last = 0;
            for (int step = 0; step < steps; step++)
            {
                using var scope = TensorScope.Begin();
                var outputs = _model.Forward(_inputs);
                var loss = Loss.CrossEntropy(outputs.Reshape([_labels.Count, outputs.Shape[-1]]), _labels);
                loss.Backward();
                _optimizer.Step();
                _optimizer.ZeroGrad();
                if (step == steps - 1)
                    last = loss.ToDouble();
            }

            return last;
        }
    }
}
