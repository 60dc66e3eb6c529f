using System.Diagnostics;
using Kappa.Lab.Tasks.Cloning;
using Kappa.Lab.Tasks.Humanoid;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Networks;
using Kappa.Randomness;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors;

namespace Kappa.Benchmarks;

/// <summary>Simulated seconds for each second on the clock, of a humanoid that a network controls.</summary>
internal static class RolloutBenchmark
{
    private const int Starts = 20;
    private const double Seconds = 10;

    internal static int Run(string[] arguments)
    {
        int rounds = arguments.Contains("--quick") ? 3 : 7;
        var scenario = HumanoidScenario.SquatTracking();
        var options = new RolloutOptions { Starts = Starts, Seconds = Seconds, Seed = 1 };
        var network = new Sequential(
            new Linear(scenario.ObservationSize, 256), new ReLU(), new Linear(256, 256), new ReLU(), new Linear(256, HumanoidScenario.MotorCount));
        _ = network.Initialize(new Philox(1));
        var expert = scenario.ExpertPolicy();

        // The network is asked, as a policy's is, and the expert answers: the humanoid stays up, so that every step of every start is simulated.
        void Act(ReadOnlySpan<float> observations, int batch, Span<float> actions)
        {
            using (TensorScope.Begin())
            using (NoGradient.Begin())
                network.Forward(Tensor.From(observations, [batch, scenario.ObservationSize])).ReadOnlyValues<float>().CopyTo(actions);
            expert(observations, batch, actions);
        }

        int[] counts = [.. BenchmarkOptions.ThreadCounts(arguments)];
        double[][] rates = [.. counts.Select(_ => new double[rounds])];
        for (int round = -1; round < rounds; round++)
        {
            for (int i = 0; i < counts.Length; i++)
            {
                WorkerPool.ThreadCount = counts[i];
                long start = Stopwatch.GetTimestamp();
                double simulated = scenario.Evaluate(Act, options).SurvivalSeconds.Sum();
                if (round >= 0)
                    rates[i][round] = simulated / Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }
        for (int i = 0; i < counts.Length; i++)
        {
            Array.Sort(rates[i]);
            string column = Sheet.ColumnOf(counts[i]);
            Sheet.Add($"a humanoid's squat, {Starts} starts of {Seconds} s, a network 256 x 256 at 200 Hz: times real time", column, rates[i][rounds / 2], "0");
            Sheet.Add("the slowest round", column, rates[i][0], "0");
            Sheet.Add("the fastest round", column, rates[i][^1], "0");
            Console.WriteLine(
                $"{counts[i]} threads  squat, {Starts} starts of {Seconds} s, 256 x 256: {rates[i][rounds / 2]:N0} times real time "
                + $"({rates[i][0]:N0} to {rates[i][^1]:N0})");
        }
        return 0;
    }
}
