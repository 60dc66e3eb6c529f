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
}
