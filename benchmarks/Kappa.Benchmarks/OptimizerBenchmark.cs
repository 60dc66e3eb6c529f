using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Benchmarks;

/// <summary>The optimizer's part of a step alone: ours, which also checks and measures the gradient, against a bare loop for AdamW.</summary>
internal static class OptimizerBenchmark
{
    internal static int Run(string[] arguments)
    {
        bool quick = arguments.Contains("--quick");
        foreach (int threads in BenchmarkOptions.ThreadCounts(arguments))
        {
            WorkerPool.ThreadCount = threads;
            foreach (int[] sizes in (int[][])[[17, 64, 64, 6], [784, 512, 512, 10]])
            {
                int inner = sizes[0] == 17 ? 2000 : 20;
                foreach (var (name, make) in Optimizers())
                {
                    var parameters = Parameters(sizes);
                    var optimizer = make(parameters);
                    var twin = Parameters(sizes);
                    var bare = new HandWrittenAdamW([.. twin.Select(p => p.Tensor)], [.. twin.Select(p => p.Tensor.Gradient!)]);
                    var result = Interleaved.Time(
                        optimizer.Step, bare.Step, name.EndsWith("Muon", StringComparison.Ordinal) ? Math.Max(inner / 20, 1) : inner, quick ? 7 : 41);
                    Sheet.Table = $"The update alone, {string.Join('-', sizes)}";
                    Sheet.Add(name, $"{Sheet.ColumnOf(threads)}, microseconds", result.Ours * 1e6, "0.0");
                    Sheet.Add(name, $"{Sheet.ColumnOf(threads)}, over a bare loop of AdamW", result.Ratio, "0.00");
                    Console.WriteLine(
                        $"{string.Join('-', sizes),-16} {threads} threads  {name,-14} {result.Ours * 1e6,9:F2} us   bare AdamW {result.Peer * 1e6,9:F2} us   "
                        + $"ratio {result.Ratio:F2}");
                }
            }
        }

        return 0;
    }

    private static IEnumerable<(string Name, Func<IReadOnlyList<Parameter>, Optimizer> Make)> Optimizers()
    {
        yield return ("AdamW", parameters => new AdamW(parameters));
        yield return ("SGD momentum", parameters => new SGD(parameters, 1e-3, momentum: 0.9));
        yield return ("SGD", parameters => new SGD(parameters, 1e-3));
        yield return ("Signum", parameters => new Signum(parameters));
        yield return ("Muon", parameters => new Muon(parameters));
        yield return ("AdaMuon", parameters => new AdaMuon(parameters));
    }

    private static Parameter[] Parameters(int[] sizes)
    {
        var model = new Sequential([.. sizes.Zip(sizes.Skip(1), (from, to) => new Linear(from, to))]);
        var generator = new Philox(1);
        _ = model.Initialize(generator);
        foreach (var (_, tensor) in model.Parameters())
        {
            using var gradient = Tensor.Normal(tensor.Shape, generator, 0, 1e-3);
            tensor.Backward(gradient);
        }

        return [.. model.Parameters()];
    }
}
