using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Kappa.Networks;
using Kappa.Networks.Models;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Benchmarks;

/// <summary>A decoder-only transformer, width 256, 4 layers, 4 heads, 8 x 128 tokens: AdamW steps, Hessian products, what activation preconditioning
/// adds.</summary>
internal static class TransformerBenchmark
{
    private const int Batch = 8;
    private const int Positions = 128;
    private const int Directions = 16;
    private const int Vocabulary = 50_000;
    private const int Rows = 2048;

    internal static readonly TransformerOptions Options = new() { VocabularySize = 1024, ContextLength = Positions };

    internal static int Run(string[] arguments)
    {
        if (arguments.Contains("--vocabulary"))
        {
            Console.WriteLine(PeakOfCrossEntropy());
            return 0;
        }

        if (arguments.Contains("--peak"))
        {
            Console.WriteLine(
                PeakOfHessianProducts(
                    int.Parse(BenchmarkOptions.Value(arguments, "--peak")!, CultureInfo.InvariantCulture),
                    arguments.Contains("--small") ? Options with { Width = 64, Layers = 2 } : Options));
            return 0;
        }

        int rounds = arguments.Contains("--quick") ? 6 : 20;
        string only = BenchmarkOptions.Value(arguments, "--only") ?? "";
        foreach (int threads in BenchmarkOptions.ThreadCounts(arguments))
        {
            WorkerPool.ThreadCount = threads;
            Console.WriteLine($"{threads} thread(s)");
            if ("step".Contains(only, StringComparison.Ordinal))
                Steps(threads, rounds);
            if ("hessian".Contains(only, StringComparison.Ordinal))
                Hessian(threads, rounds);
            if ("dopr".Contains(only, StringComparison.Ordinal))
                Preconditioning(threads, rounds);
        }

        if ("memory".Contains(only, StringComparison.Ordinal))
            Memory();
        return 0;
    }

    private static void Steps(int threads, int rounds)
    {
        var ours = new Training(null);
        using var peer = StartPeer(threads);
        var contenders = new List<Func<double>> { () => ours.Run(1) };
        if (peer is not null)
        {
            contenders.Add(() => peer.Ask(new { work = "foreach", steps = 1 }));
            contenders.Add(() => peer.Ask(new { work = "step", steps = 1 }));
        }

        double[] medians = Interleaving.Medians(rounds, [.. contenders]);
        double floor = ProductFlops() / PeakFlops.PerSecond(threads);
        Console.WriteLine(
            $"  AdamW step: ours {medians[0] * 1e3:F1} ms; its products alone at the peak rate {floor * 1e3:F1} ms, {floor / medians[0]:P0} of it");
        Sheet.Add("AdamW step, transformer: its products alone at the peak rate, share of it", threads, floor / medians[0]);
        if (peer is not null)
            Sheet.Add("AdamW step, transformer: times as fast as PyTorch's best", threads, Math.Min(medians[1], medians[2]) / medians[0]);
        if (peer is not null)
            Console.WriteLine(
                $"  against PyTorch: {Math.Min(medians[1], medians[2]) / medians[0]:F2} times as fast as the better of foreach ({medians[1] / medians[0]:F2}) "
                + $"and the loop ({medians[2] / medians[0]:F2})");
    }

    private static void Hessian(int threads, int rounds)
    {
        var ours = new Training(null);
        using var peer = StartPeer(threads);
        var contenders = new List<Func<double>>
        {
            () => ours.Hessian(null, recorded: false), () => ours.Hessian(null, recorded: true), () => ours.Hessian(Directions, recorded: false)
        };
        if (peer is not null)
            contenders.Add(() => peer.Ask(new { work = "hessian", steps = 1 }));
        double[] medians = Interleaving.Medians(Math.Max(3, rounds / 2), [.. contenders]);
        Console.WriteLine(
            $"  Hessian product: ours {medians[0] * 1e3:F1} ms; of a record kept from before {medians[1] * 1e3:F1} ms; {Directions} in one pass "
            + $"{medians[2] * 1e3:F1} ms, {Directions * medians[0] / medians[2]:F2} times as fast as {Directions} calls");
        Sheet.Add($"{Directions} Hessian products in one pass: times as fast as {Directions} calls", threads, Directions * medians[0] / medians[2]);
        Sheet.Add("Hessian product of a record kept from before: times as fast as a call that runs the model again", threads, medians[0] / medians[1]);
        if (peer is not null)
            Sheet.Add("Hessian product, transformer: times as fast as PyTorch's double backward", threads, medians[3] / medians[0]);
        if (peer is not null)
            Console.WriteLine($"  against PyTorch's double backward: {medians[3] / medians[0]:F2} times as fast");
    }

    private static void Preconditioning(int threads, int rounds)
    {
        var (plain, each, refreshed) = (new Training(null), new Training(new DoPrOptions()), new Training(new DoPrOptions { RefreshInterval = 10 }));
        double[] medians = Interleaving.Medians(Math.Max(3, rounds / 3), () => plain.Run(10) / 10, () => each.Run(10) / 10, () => refreshed.Run(10) / 10);
        Sheet.Add("DoPr-AdamW step over AdamW step, transformer", threads, medians[1] / medians[0]);
        Sheet.Add("the same, refreshed every 10 steps", threads, medians[2] / medians[0]);
        Console.WriteLine($"  DoPr-AdamW over AdamW: {medians[1] / medians[0]:F2}; refreshed every 10 steps: {medians[2] / medians[0]:F2}");
    }

    private static void Memory()
    {
        double InNewProcess(params string[] arguments)
        {
            string[] self = Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? [typeof(TransformerBenchmark).Assembly.Location] : [];
            var start = new ProcessStartInfo(Environment.ProcessPath!, [.. self, "transformer", .. arguments]) { RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return double.Parse(text, CultureInfo.InvariantCulture);
        }

        double few = InNewProcess("--peak", "10");
        double shorter = InNewProcess("--peak", "10", "--small"), longer = InNewProcess("--peak", "1000", "--small");
        Sheet.Add("memory of Hessian products beside the model and its data, MB", Sheet.ColumnOf(2), few / 1e6, "0");
        Sheet.Add("of a smaller model, width 64, 2 layers: after 10 products, MB", Sheet.ColumnOf(2), shorter / 1e6, "0.0");
        Sheet.Add("after 1,000", Sheet.ColumnOf(2), longer / 1e6, "0.0");
        Console.WriteLine($"memory of Hessian products, above that of the model and its data: ours {few / 1e6:F0} MB after 10");
        Console.WriteLine($"  of width 64 with 2 layers: {shorter / 1e6:F1} MB after 10, {longer / 1e6:F1} MB after 1,000");
        using var peer = StartPeer(2);
        if (peer is not null)
        {
            double theirs = peer.Ask(new { work = "peak", steps = 3 });
            Sheet.Add("memory of a Hessian product over that of PyTorch's double backward", 2, few / theirs);
            Console.WriteLine($"  PyTorch's double backward: {theirs / 1e6:F0} MB; ours over theirs {few / theirs:F2}");
        }

        double copies = InNewProcess("--vocabulary") / (4.0 * Vocabulary * Rows);
        Sheet.Add(
            $"cross-entropy, {Vocabulary:N0} classes, {Rows:N0} rows, Hessian product with its vector: copies of the logits beside them", Sheet.ColumnOf(2),
            copies, "0.00");
        Console.WriteLine(
            $"cross-entropy with {Vocabulary} classes and {Rows} rows, Hessian product, its vector and result included: {copies:F2} copies of the logits "
            + "above the logits");
    }

    /// <summary>By how many bytes the resident size rises at most, the vector that is multiplied included.</summary>
    private static long PeakOfCrossEntropy()
    {
        long Measure(int rows, int vocabulary)
        {
            var logits = Tensor.Normal([rows, vocabulary], new Philox(1));
            var labels = Tensor.From(new int[rows]);
            logits.RequiresGradient = true;
            GC.Collect();
            long before = Status("VmRSS");
            File.WriteAllText("/proc/self/clear_refs", "5");
            var vector = Tensor.Normal(logits.Shape, new Philox(2));
            _ = Differentiate.HessianVectorProduct(() => Loss.CrossEntropy(logits, labels), [logits], [vector]);
            return Status("VmHWM") - before;
        }

        _ = Measure(8, 100);
        return Measure(Rows, Vocabulary);
    }

    /// <summary>By how many bytes the resident size rises at most.</summary>
    private static long PeakOfHessianProducts(int products, TransformerOptions options)
    {
        // What the runtime compiles and loads is no memory of the product.
        var small = new Training(null, new TransformerOptions { VocabularySize = 16, ContextLength = Positions, Width = 16, Layers = 1 });
        for (int i = 0; i < 60; i++)
            _ = small.Hessian(null, recorded: false);
        var training = new Training(null, options);
        GC.Collect();
        long before = Status("VmRSS");
        File.WriteAllText("/proc/self/clear_refs", "5");
        for (int i = 0; i < products; i++)
            _ = training.Hessian(null, recorded: false);
        return Status("VmHWM") - before;
    }

    private static long Status(string field) =>
        1024 * long.Parse(
            File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal))
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture);

    private static TorchPeer? StartPeer(int threads) => TorchPeer.Start(
        "torch_transformer.py",
        threads,
        openMpBlas: threads > 1,
        [
            JsonSerializer.Serialize(
                new
                {
                    vocabulary = Options.VocabularySize, width = Options.Width, layers = Options.Layers, heads = Options.Heads, batch = Batch,
                    positions = Positions
                })],
        new { work = "step", steps = 1 });

    /// <summary>Three products for every weight, and seven of the size of the attended half of the scores.</summary>
    private static double ProductFlops()
    {
        double rows = Batch * Positions;
        double weights = (Options.Layers * 12.0 * Options.Width * Options.Width) + (Options.VocabularySize * Options.Width);
        double scores = Options.Layers * rows * Positions * Options.Width / 2;
        return (6 * rows * weights) + (14 * scores);
    }

    internal sealed class Training
    {
        private readonly Transformer _model;
        private readonly Optimizer _optimizer;
        private readonly Tensor _tokens;
        private readonly Tensor _targets;
        private readonly Tensor[] _leaves;
        private readonly Dictionary<int, Tensor[]> _directions = [];
        private RecordedFunction? _record;

        internal Training(DoPrOptions? preconditioning, TransformerOptions? options = null)
        {
            options ??= Options;
            _model = new Transformer(options);
            var generator = new Philox(0);
            foreach (var (_, tensor) in _model.Parameters())
                tensor.CopyFromInPlace(Tensor.Normal(tensor.Shape, generator, 0, 1 / Math.Sqrt(tensor.Shape[1])));
            Tensor Draw(Shape shape) => Tensor.From(Enumerable.Range(0, shape.Count).Select(_ => generator.NextInt32(options.VocabularySize)).ToArray(), shape);
            _tokens = Draw([Batch, Positions]);
            _targets = Draw([Batch * Positions]);
            _leaves = [.. _model.Parameters().Select(parameter => parameter.Tensor)];
            _optimizer = new AdamW(_model.Parameters(), learningRate: 1e-4);
            if (preconditioning is not null)
                _optimizer = new DoPr(_optimizer, _model, preconditioning);
        }

        internal double Run(int steps)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < steps; i++)
            {
                using var scope = TensorScope.Begin();
                Evaluate().Backward();
                _optimizer.Step();
                _optimizer.ZeroGrad();
            }

            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        /// <summary>Times one product with one direction, or with K.</summary>
        internal double Hessian(int? count, bool recorded)
        {
            if (!_directions.TryGetValue(count ?? 0, out var directions))
            {
                directions = [.. _leaves.Select(leaf => Tensor.Normal(count is { } k ? [k, .. leaf.Shape.ToArray()] : leaf.Shape, new Philox(1)))];
                _directions.Add(count ?? 0, directions);
            }

            if (recorded)
                _record ??= new RecordedFunction(Evaluate, _leaves);
            using var scope = TensorScope.Begin();
            long start = Stopwatch.GetTimestamp();
            _ = recorded ? _record!.HessianProduct(directions) : Differentiate.HessianMatrixProduct(Evaluate, _leaves, directions);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        private Tensor Evaluate()
        {
            var logits = _model.Forward(_tokens);
            return Loss.CrossEntropy(logits.Reshape([logits.Count / logits.Shape[2], logits.Shape[2]]), _targets);
        }
    }
}
