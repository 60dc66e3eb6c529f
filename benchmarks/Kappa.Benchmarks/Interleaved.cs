using System.Diagnostics;

namespace Kappa.Benchmarks;

/// <summary>Times two ways of doing the same work in turns, so that a change of the machine's speed meets both.</summary>
internal static class Interleaved
{
    /// <summary>The medians in seconds per call, and the median of the ratios of neighbours (peer's time over ours: above 1, ours is faster).</summary>
    internal readonly record struct Result(double Ours, double Peer, double Ratio);

    /// <summary>Warms both up, then times them alternately in samples of <paramref name="inner"/> calls.</summary>
    internal static Result Time(Action ours, Action peer, int inner, int samples, Action? reset = null)
    {
        double[] ourTimes = new double[samples], peerTimes = new double[samples], ratios = new double[samples];
        for (int warm = 0; warm < 3; warm++)
        {
            _ = Sample(ours, inner, reset);
            _ = Sample(peer, inner, reset);
        }
        for (int sample = 0; sample < samples; sample++)
        {
            // Who goes first alternates too.
            if (sample % 2 == 0)
            {
                ourTimes[sample] = Sample(ours, inner, reset);
                peerTimes[sample] = Sample(peer, inner, reset);
            }
            else
            {
                peerTimes[sample] = Sample(peer, inner, reset);
                ourTimes[sample] = Sample(ours, inner, reset);
            }
            ratios[sample] = peerTimes[sample] / ourTimes[sample];
        }
        return new Result(Interleaving.Median([.. ourTimes]), Interleaving.Median([.. peerTimes]), Interleaving.Median([.. ratios]));
    }

    private static double Sample(Action action, int inner, Action? reset)
    {
        // Outside the clock: brings the caches and the pool of threads back from the other's turn.
        Interleaving.WarmUp(() =>
        {
            reset?.Invoke();
            action();
        });
        reset?.Invoke();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < inner; i++)
            action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / inner;
    }
}
