namespace Kappa.Tensors.Cpu.Threads;

/// <summary>Work that is split into numbered chunks which may run at the same time, in any order, on any thread.</summary>
internal interface IParallelJob
{
    /// <summary>Does one chunk.</summary>
    /// <param name="chunk">The chunk's index, from 0.</param>
    void Execute(int chunk);
}
