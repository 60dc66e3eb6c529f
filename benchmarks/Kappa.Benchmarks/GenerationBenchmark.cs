using System.Diagnostics;
using Kappa.Generation;
using Kappa.Networks.Models;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Benchmarks;

/// <summary>Tokens a second of a transformer that writes: one text, several side by side, and the whole window again for each token.</summary>
internal static class GenerationBenchmark
{
    private static readonly TransformerOptions Model = new() { VocabularySize = 96, ContextLength = 256, Width = 128, Layers = 5, Heads = 4 };

    internal static int Run(string[] arguments)
    {
        int rounds = arguments.Contains("--quick") ? 3 : 11;
        var model = new Transformer(Model);
        _ = model.Initialize(new Philox(1));
        foreach (var parameter in model.Parameters())
            parameter.Tensor.CopyFromInPlace(Tensor.Normal(parameter.Tensor.Shape, new Philox(2).Split(parameter.Name), 0, 0.05));
        model.Eval();
        int parameters = model.Parameters().Sum(parameter => parameter.Tensor.Count);
        Console.WriteLine(
            $"{parameters:N0} parameters: width {Model.Width}, {Model.Layers} layers, {Model.VocabularySize} tokens, context {Model.ContextLength}");
        Sheet.Table = "Tokens a second";
        foreach (int threads in BenchmarkOptions.ThreadCounts(arguments))
        {
            WorkerPool.ThreadCount = threads;
            var one = new TokenGenerator(model);
            var many = new TokenGenerator(model, sequences: 32);
            int[][] prompts = [.. Enumerable.Range(0, 32).Select(i => new[] { i, 2 * i, 3 * i })];
            (string Name, int Tokens, Action Work)[] cases =
            [
                ("one text, 240 tokens", 240, () => one.Generate([[1, 2, 3]], 240, new Philox(3))),
                ("one text, 2,000 tokens", 2000, () => one.Generate([[1, 2, 3]], 2000, new Philox(3))),
                ("32 texts, 240 tokens each", 32 * 240, () => many.Generate(prompts, 240, new Philox(3))),
                ("without a cache, 240 tokens", 240, () => Naive(model, 240)),
            ];
            foreach (var (_, _, work) in cases)
                work();
            double[][] seconds = [.. cases.Select(_ => new double[rounds])];
            double[] processor = new double[cases.Length];
            for (int round = 0; round < rounds; round++)
            {
                for (int i = 0; i < cases.Length; i++)
                {
                    double before = Environment.CpuUsage.TotalTime.TotalSeconds;
                    long start = Stopwatch.GetTimestamp();
                    cases[i].Work();
                    seconds[i][round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
                    processor[i] += Environment.CpuUsage.TotalTime.TotalSeconds - before;
                }
            }
            for (int i = 0; i < cases.Length; i++)
            {
                Array.Sort(seconds[i]);
                double Rate(int place) => cases[i].Tokens / seconds[i][place];
                Sheet.Add(cases[i].Name, Sheet.ColumnOf(threads), Rate(rounds / 2), "N0");
                Console.WriteLine(
                    $"{threads} threads  {cases[i].Name,-28} {Rate(rounds / 2),8:N0} tokens/s   ({Rate(rounds - 1):N0} to {Rate(0):N0})   "
                    + $"{rounds * cases[i].Tokens / processor[i],8:N0} per second of processor time");
            }
        }
        return 0;
    }

    private static void Naive(Transformer model, int count)
    {
        var sampler = new TokenSampler(new SamplingOptions(), Model.VocabularySize);
        var generator = new Philox(3);
        List<int> window = [1, 2, 3];
        using var quiet = NoGradient.Begin();
        while (window.Count < count + 3)
        {
            using var scope = TensorScope.Begin();
            var logits = model.Forward(Tensor.From<int>([.. window], [1, window.Count]));
            window.Add(sampler.Next(logits.ReadOnlyValues<float>()[^Model.VocabularySize..], generator));
        }
    }
}
