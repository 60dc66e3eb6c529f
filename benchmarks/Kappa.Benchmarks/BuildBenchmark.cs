using System.Diagnostics;
using System.Globalization;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Benchmarks;

/// <summary>Our own training steps in this build against another build of these benchmarks, such as that of an older commit, interleaved.</summary>
internal static class BuildBenchmark
{
    internal static int Run(string[] arguments)
    {
        if (arguments.FirstOrDefault() is not { } other || !File.Exists(other))
        {
            Console.Error.WriteLine("usage: builds <path to the other build's Kappa.Benchmarks.dll> [--threads 1|2] [--only part-of-a-name] [--quick]");
            return 2;
        }

        int rounds = arguments.Contains("--quick") ? 7 : 25;
        string only = BenchmarkOptions.Value(arguments, "--only") ?? "";
        foreach (int threads in BenchmarkOptions.ThreadCounts(arguments))
        {
            foreach (var (name, steps) in OurSteps.All.Where(step => step.Name.Contains(only, StringComparison.Ordinal)))
            {
                using var before = new Worker(Path.GetFullPath(other), threads, name);
                using var now = new Worker(typeof(BuildBenchmark).Assembly.Location, threads, name);
                var (ours, theirs) = (new List<double>(), new List<double>());
                for (int round = -3; round < rounds; round++)
                {
                    // Who goes first alternates.
                    double first = (round % 2 == 0 ? now : before).Ask(steps), second = (round % 2 == 0 ? before : now).Ask(steps);
                    if (round < 0)
                        continue;
                    ours.Add(round % 2 == 0 ? first : second);
                    theirs.Add(round % 2 == 0 ? second : first);
                }

                double[] ratios = [.. ours.Zip(theirs, (mine, other) => mine / other).Order()];
                Console.WriteLine(
                    $"{threads} thread(s)  {name,-44} now {Interleaving.Median(ours) * 1e3,8:F3} ms, before {Interleaving.Median(theirs) * 1e3,8:F3} ms; "
                    + $"time over before: median {ratios[ratios.Length / 2]:F3} ({ratios[ratios.Length / 4]:F3} to {ratios[ratios.Length * 3 / 4]:F3})");
            }
        }

        return 0;
    }

    /// <summary>Answers requests on standard input: a number of steps, for which the seconds of one come back.</summary>
    internal static int Serve(string[] arguments)
    {
        WorkerPool.ThreadCount = int.Parse(arguments[0], CultureInfo.InvariantCulture);
        var run = OurSteps.Make(arguments[1]);
        while (Console.ReadLine() is { } line)
        {
            int steps = int.Parse(line, CultureInfo.InvariantCulture);
            _ = run(Math.Max(1, steps / 5));
            Console.WriteLine(run(steps).ToString("R", CultureInfo.InvariantCulture));
        }

        return 0;
    }

    private sealed class Worker : IDisposable
    {
        private readonly Process _process;

        internal Worker(string assembly, int threads, string name) => _process = Process.Start(
            new ProcessStartInfo("dotnet", [assembly, "serve", threads.ToString(CultureInfo.InvariantCulture), name])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true
            })!;

        internal double Ask(int steps)
        {
            _process.StandardInput.WriteLine(steps);
            _process.StandardInput.Flush();
            string line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("a build's process ended before it answered");
            return double.Parse(line, CultureInfo.InvariantCulture);
        }

        public void Dispose()
        {
            _process.StandardInput.Close();
            _process.WaitForExit();
            _process.Dispose();
        }
    }
}
