using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Tensors;

/// <summary>How many threads one tensor operation may use.</summary>
/// <remarks>Results do not depend on it. Whoever runs several trainings side by side, each on a thread of its own, sets it to 1.</remarks>
public static class ComputeThreads
{
    /// <summary>The number of threads, the caller's included, for the whole process. At first the environment variable KAPPA_THREADS, or else the number of
    /// processors.</summary>
    /// <exception cref="ArgumentException">It was never set here, and the environment variable is no whole number from 1 to 256.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1 or more than 256.</exception>
    public static int Count
    {
        get => WorkerPool.ThreadCount;
        set => WorkerPool.ThreadCount = value;
    }

    /// <summary>Checks the environment variable KAPPA_THREADS, which is read at the first operation with work for several threads: a program calls it at its
    /// start, to say what is wrong before anything has been done.</summary>
    /// <exception cref="ArgumentException">It is set, and no whole number from 1 to 256; the message names it, what it takes and what it holds.</exception>
    public static void Check() => _ = ThreadVariable.Read();

    /// <summary>Does pieces of work that do not depend on each other, each of them operations on tensors of one device: side by side on the threads of the
    /// host where they compute there, and in order where not, since another device shares its work out itself.</summary>
    /// <param name="device">Where the pieces compute.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="work">Does the piece of a number, from 0. It makes no tensors that outlive it.</param>
    internal static void ForEach(Device device, int count, Action<int> work)
    {
        var job = new ActionJob { Work = work };
        if (device.IsHost)
        {
            WorkerPool.Run(count, ref job);
            return;
        }

        for (int i = 0; i < count; i++)
            job.Execute(i);
    }

    private struct ActionJob : IParallelJob
    {
        internal Action<int> Work;

        public readonly void Execute(int chunk) => Work(chunk);
    }
}
