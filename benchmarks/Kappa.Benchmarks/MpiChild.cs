using System.Diagnostics;
using System.Globalization;
using Kappa.Mpi;
using Kappa.Networks.Models;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Training;

namespace Kappa.Benchmarks;

/// <summary>One process of a job that trains the transformer of the benchmarks, or measures the messages.</summary>
internal static class MpiChild
{
    internal const int Pieces = 8;

    /// <summary>Steps after the first two whose time is told beside that of the last.</summary>
    internal const int Early = 48;

    private const int Positions = 128, Pings = 500, LargeCount = 1 << 23;

    internal static readonly TransformerOptions Model = new() { VocabularySize = 1024, ContextLength = Positions };

    internal static Optimizer OptimizerOf(string method, Transformer model) =>
        method == "dopr" ? new DoPr(new AdamW(model.Parameters()), model) : new AdamW(model.Parameters(), learningRate: 1e-4);

    internal static int Run(string[] arguments)
    {
        using var processes = Communicator.Start();
        WorkerPool.ThreadCount = int.Parse(BenchmarkOptions.Value(arguments, "--threads") ?? "1", CultureInfo.InvariantCulture);
        return arguments.Contains("--ping") ? Ping(processes) : Train(processes, arguments, Number("--warm"), Number("--steps"));

        int Number(string option) => int.Parse(BenchmarkOptions.Value(arguments, option)!, CultureInfo.InvariantCulture);
    }

    /// <summary>Seconds of a short sum, and bytes a second of a long one, of which each process sends as many as it has.</summary>
    private static int Ping(Communicator processes)
    {
        float[] large = GC.AllocateArray<float>(LargeCount, pinned: true);
        double[] small = new double[1];
        var seconds = new List<double>();
        for (int round = 0; round < 5; round++)
        {
            processes.Barrier();
            long start = Stopwatch.GetTimestamp();
            processes.Sum(large);
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        processes.Barrier();
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < Pings; i++)
            processes.Sum(small);
        double latency = Stopwatch.GetElapsedTime(began).TotalSeconds / Pings;
        if (processes.Rank == 0)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"result {latency} {LargeCount * 4.0 / seconds.Skip(1).Order().ElementAt(2)}"));
        return 0;
    }

    private static int Train(Communicator processes, string[] arguments, int warm, int steps)
    {
        var group = new TimedGroup(processes);
        var model = new Transformer(Model);
        var generator = new Philox(0);
        foreach (var (_, tensor) in model.Parameters())
            tensor.CopyFromInPlace(Tensor.Normal(tensor.Shape, generator, 0, 1 / Math.Sqrt(tensor.Shape[1])));
        var optimizer = OptimizerOf(BenchmarkOptions.Value(arguments, "--method") ?? "adamw", model);
        using var pieces = arguments.Contains("--batch") ? null : new BatchPieces(Pieces, group, model) { IsStepShared = !arguments.Contains("--whole") };
        var (from, count) = pieces?.RowsOf(Pieces).GetOffsetAndLength(Pieces) ?? (0, Pieces);
        int[] Draw()
        {
            int[] all = [.. Enumerable.Range(0, Pieces * Positions).Select(_ => generator.NextInt32(Model.VocabularySize))];
            return all[(from * Positions)..((from + count) * Positions)];
        }
        var batch = new Batch(Tensor.From(Draw(), [count, Positions]), Tensor.From(Draw(), [count, Positions]));
        (double Gradients, double Messages) middle = default;
        long start = 0;
        var loop = new TrainingLoop(optimizer, () => batch, part => Evaluate(model, part), pieces)
        {
            BeforeUpdate = () => middle = (Stopwatch.GetElapsedTime(start).TotalSeconds, group.Seconds),
        };
        var measured = new List<(double Step, double Gradients, double Update, double Messages)>();
        for (int i = 0; i < warm + steps; i++)
        {
            group.Barrier();
            group.Seconds = 0;
            start = Stopwatch.GetTimestamp();
            loop.Run(i + 1, default);
            double whole = Stopwatch.GetElapsedTime(start).TotalSeconds;
            measured.Add((whole, middle.Gradients - middle.Messages, whole - middle.Gradients - (group.Seconds - middle.Messages), group.Seconds));
        }
        if (group.Rank == 0)
        {
            double Median(Func<(double Step, double Gradients, double Update, double Messages), double> of) =>
                measured.Skip(warm).Select(of).Order().ElementAt(steps / 2);
            // The first two set up what the others use again.
            double early = measured.Skip(2).Take(Early).Select(one => one.Step).Order().ElementAt(Early / 2);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"result {Median(one => one.Step)} {Median(one => one.Gradients)} {Median(one => one.Update)} {Median(one => one.Messages)} "
                + $"{pieces?.BytesSent ?? 0} {early}"));
        }
        return 0;
    }

    private static Tensor Evaluate(Transformer model, Batch batch)
    {
        var logits = model.Forward(batch.Inputs);
        int rows = logits.Count / logits.Shape[2];
        return Networks.Loss.CrossEntropy(logits.Reshape([rows, logits.Shape[2]]), batch.Targets.Reshape([rows]));
    }
}
