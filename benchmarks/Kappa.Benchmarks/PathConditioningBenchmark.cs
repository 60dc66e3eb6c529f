using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Networks.Models;
using Kappa.Randomness;
using Kappa.Rescaling;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Benchmarks;

/// <summary>PathCond on a perceptron against PyTorch, and on ResNet-18 to convergence: time and memory.</summary>
internal static class PathConditioningBenchmark
{
    private const int Sweeps = 10;
    private static readonly int[] Sizes = [784, 500, 500, 500, 10];

    internal static int Run(string[] arguments)
    {
        WorkerPool.ThreadCount = int.Parse(BenchmarkOptions.Value(arguments, "--threads") ?? "1", CultureInfo.InvariantCulture);
        string only = BenchmarkOptions.Value(arguments, "--only") ?? "";
        if ("mlp".Contains(only, StringComparison.Ordinal))
            Perceptron(arguments.Contains("--quick") ? 3 : 9);
        if ("resnet".Contains(only, StringComparison.Ordinal))
            ResNet(arguments.Contains("--quick") ? 3 : 9);
        return 0;
    }

    private static void Perceptron(int rounds)
    {
        var model = Make();
        float[][] start = [.. model.Parameters().Select(parameter => parameter.Tensor.ToArray<float>())];
        string weights = Path.GetTempFileName(), scales = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(weights, MemoryMarshal.AsBytes<float>(start.SelectMany(values => values).ToArray()).ToArray());
            var options = new RescalingOptions { Sweeps = Sweeps, Tolerance = 0 };
            RescalingResult? result = null;
            double Ours()
            {
                foreach (var (parameter, values) in model.Parameters().Zip(start))
                    values.CopyTo(parameter.Tensor.Values<float>());
                long before = Stopwatch.GetTimestamp();
                result = PathConditioning.Rescale(model, options);
                return Stopwatch.GetElapsedTime(before).TotalSeconds;
            }

            using var peer = TorchPeer.Start("torch_pathcond.py", WorkerPool.ThreadCount, openMpBlas: false, [], new { variant = "own" });
            var contenders = new List<Func<double>> { Ours };
            string[] variants = peer is null ? [] : [.. new[] { "own", "authors" }.Where(variant => peer.Ask(new { variant }) > 0)];
            var differences = new Dictionary<string, double>();
            foreach (string variant in variants)
            {
                contenders.Add(() =>
                {
                    double seconds = peer!.Ask(new { weights, sizes = Sizes, sweeps = Sweeps, variant, scales });
                    double[] z = JsonSerializer.Deserialize<double[]>(File.ReadAllText(scales))!;
                    differences[variant] = z.Zip(result!.LogScales, (theirs, ours) => Math.Abs(theirs - ours)).Max();
                    return seconds;
                });
            }

            double[] medians = Interleaving.Medians(rounds, [.. contenders]);
            Console.WriteLine($"MLP {string.Join('-', Sizes)}, {Sweeps} sweeps, {WorkerPool.ThreadCount} thread(s): ours {medians[0] * 1e3:F2} ms");
            for (int i = 0; i < variants.Length; i++)
            {
                string who = variants[i] == "own" ? "PyTorch, index lists" : "the published code";
                Sheet.Add(
                    $"PathCond, MLP {string.Join('-', Sizes)}, {Sweeps} sweeps: times as fast as {who}", Sheet.ColumnOf(WorkerPool.ThreadCount),
                    medians[i + 1] / medians[0], "0");
                Console.WriteLine(
                    $"  {who}: {medians[i + 1] * 1e3:F0} ms, ours {medians[i + 1] / medians[0]:F0} times as fast; log-scales differ by at most "
                    + $"{differences[variants[i]]:G2}");
            }
        }
        finally
        {
            File.Delete(weights);
            File.Delete(scales);
        }
    }

    private static void ResNet(int rounds)
    {
        var options = new RescalingOptions { InputShape = [3, 32, 32] };
        foreach (var mode in new[] { BatchNormMode.Exact, BatchNormMode.Reference })
        {
            // The first call compiles the code, on a small network, so that the peak below is that of the data.
            _ = PathConditioning.Analyse(new ResNet18(width: 4), options with { BatchNorm = mode });
            var times = new List<double>();
            double peak = 0;
            RescalingResult? result = null;
            long bytes = 0;
            for (int round = 0; round < rounds; round++)
            {
                var model = new ResNet18().Initialize(new Philox((ulong)round));
                bytes = model.Parameters().Sum(parameter => (long)parameter.Tensor.Count * sizeof(float));
                GC.Collect();
                double before = ResetPeak();
                long start = Stopwatch.GetTimestamp();
                result = PathConditioning.Rescale(model, options with { BatchNorm = mode });
                times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                if (round == 0)
                    peak = Peak("VmHWM") - before;
            }

            Sheet.Add(
                $"PathCond, ResNet-18, batch normalisation {mode}: seconds to convergence", Sheet.ColumnOf(WorkerPool.ThreadCount),
                Interleaving.Median(times), "0.00");
            Sheet.Add($"{mode}: sweeps", Sheet.ColumnOf(WorkerPool.ThreadCount), result!.Sweeps, "0");
            Sheet.Add($"{mode}: memory beside the parameters, times theirs", Sheet.ColumnOf(WorkerPool.ThreadCount), peak / bytes, "0.00");
            Console.WriteLine(
                $"ResNet-18, 32 x 32, batch normalisation {mode}, {WorkerPool.ThreadCount} thread(s): {Interleaving.Median(times):F2} s to convergence "
                + $"({result!.Sweeps} sweeps, residual {result.Residual:G2}); at most {peak / bytes:F2} times the {bytes / 1e6:F0} MB of the parameters "
                + "beside them");
        }
    }

    private static Module Make()
    {
        var modules = new List<Module>();
        for (int i = 1; i < Sizes.Length; i++)
        {
            if (i > 1)
                modules.Add(new ReLU());
            modules.Add(new Linear(Sizes[i - 1], Sizes[i], bias: i + 1 < Sizes.Length));
        }

        return new Sequential([.. modules]).Initialize(new Philox(1));
    }

    /// <summary>Makes the system count the peak of the resident size anew, and gives the size now.</summary>
    private static double ResetPeak()
    {
        File.WriteAllText("/proc/self/clear_refs", "5");
        return Peak("VmRSS");
    }

    private static double Peak(string field) => 1024 * double.Parse(
        File.ReadLines("/proc/self/status").First(
            line => line.StartsWith(field, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
