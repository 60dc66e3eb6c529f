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

        int pairs = arguments.Contains("--quick") ? 3 : 7;
        string only = BenchmarkOptions.Value(arguments, "--only") ?? "";
        foreach (int threads in BenchmarkOptions.ThreadCounts(arguments))
        {
            foreach (var (name, steps) in OurSteps.All.Where(step => step.Name.Contains(only, StringComparison.Ordinal)))
            {
                (double Now, double Before)[] measured = [.. Enumerable.Range(0, pairs).Select(
                    pair => Pair(Path.GetFullPath(other), threads, name, steps, pair))];
                double[] ratios = [.. measured.Select(pair => pair.Now / pair.Before).Order()];
                Console.WriteLine(
                    $"{threads} thread(s)  {name,-44} now {Interleaving.Median([.. measured.Select(pair => pair.Now)]) * 1e3,8:F3} ms, before "
                    + $"{Interleaving.Median([.. measured.Select(pair => pair.Before)]) * 1e3,8:F3} ms; "
                    + $"time over before: median {ratios[ratios.Length / 2]:F3} ({ratios[0]:F3} to {ratios[^1]:F3}) of {pairs} pairs of processes");
            }
        }

        return 0;
    }

    /// <summary>
    /// The least disturbed sample of each build in a new pair of processes. How a process lies in memory can cost a tenth of a small network's step, and its
    /// code is still being compiled anew in the first second: a build measured against itself in one pair of processes came out up to 1.4 times as slow.
    /// </summary>
    private static (double Now, double Before) Pair(string other, int threads, string name, int steps, int pair)
    {
        // Who starts first alternates, and who goes first.
        string now = typeof(BuildBenchmark).Assembly.Location;
        using var first = new Worker(pair % 2 == 0 ? now : other, threads, name);
        using var second = new Worker(pair % 2 == 0 ? other : now, threads, name);
        var least = (First: double.PositiveInfinity, Second: double.PositiveInfinity);
        foreach (var worker in new[] { first, second })
        {
            for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < 1.5;)
                _ = worker.Ask(steps);
        }

        for (int round = 0; round < 10; round++)
        {
            if (round % 2 == 0)
                least.First = Math.Min(least.First, first.Ask(steps));
            least.Second = Math.Min(least.Second, second.Ask(steps));
            if (round % 2 != 0)
                least.First = Math.Min(least.First, first.Ask(steps));
        }

        return pair % 2 == 0 ? (least.First, least.Second) : (least.Second, least.First);
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
