using System.Diagnostics;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Benchmarks;

/// <summary>Times several ways to do the same work in turn, so that a noisy machine treats them alike, and compares medians.</summary>
internal static class Interleaving
{
    /// <summary>
    /// Lets a contender work, off the clock, until the threads of whoever ran before have gone to sleep: those of OpenBLAS spin for some 30 ms after a
    /// call and would take a processor from the next contender. With one thread, one call is enough.
    /// </summary>
    internal static void WarmUp(Action contender)
    {
        long start = Stopwatch.GetTimestamp();
        do
            contender();
        while (WorkerPool.ThreadCount > 1 && Stopwatch.GetElapsedTime(start).TotalMilliseconds < 40);
    }

    /// <summary>Calls each contender once a round and gives the median seconds of each.</summary>
    /// <param name="rounds">How many rounds count; a tenth as many, at least two, come before and do not.</param>
    /// <param name="contenders">Each does its share and gives the seconds that it took.</param>
    internal static double[] Medians(int rounds, params Func<double>[] contenders)
    {
        var seconds = contenders.Select(_ => new List<double>()).ToArray();
        int warmup = Math.Max(2, rounds / 10);
        for (int round = -warmup; round < rounds; round++)
        {
            for (int i = 0; i < contenders.Length; i++)
            {
                // Every other round goes backwards, so that no contender always follows the same one.
                int index = round % 2 == 0 ? i : contenders.Length - 1 - i;
                if (WorkerPool.ThreadCount > 1)
                    WarmUp(() => _ = contenders[index]());
                double taken = contenders[index]();
                if (round >= 0)
                    seconds[index].Add(taken);
            }
        }

        return [.. seconds.Select(Median)];
    }

    internal static double Median(List<double> values)
    {
        values.Sort();
        int middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
