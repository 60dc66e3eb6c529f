using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Cpu.Vectors;

namespace Kappa.Tests.Tensors.Cpu;

/// <summary>Tests that force the vector width or the thread count share the process's state, so they run one after another.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class KernelCases
{
    public const string Name = "CPU kernels";

    internal static IEnumerable<VectorWidth> Widths => Enum.GetValues<VectorWidth>().Where(width => width <= CpuFeatures.Widest);

    internal static void WithThreads(int count, Action action)
    {
        int previous = WorkerPool.ThreadCount;
        WorkerPool.ThreadCount = count;
        try
        {
            action();
        }
        finally
        {
            WorkerPool.ThreadCount = previous;
        }
    }
}
