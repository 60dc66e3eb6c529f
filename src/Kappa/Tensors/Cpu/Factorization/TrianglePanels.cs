using System.Numerics;
using Kappa.Tensors.Cpu.Products;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Cpu.Vectors;

namespace Kappa.Tensors.Cpu.Factorization;

/// <summary>
/// Lays out what the substitutions read of L so that each block of rows reads end to end: for the block of unknowns [start, end), first the rows of L
/// left of the diagonal as [k below start][rows], then the columns below it as [k from end on][rows]. Without it, eight rows or the columns of a stride
/// that is a power of two fall into a few sets of the level 1 cache.
/// </summary>
internal unsafe struct TrianglePanels<T> : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int BlocksInChunk = 8;

    private Substitution _passes;
    private VectorWidth _width;
    private UnknownBlocks _blocks;
    private T* _l;
    private nint _stride;
    private T* _packed;

    /// <summary>Packs into this thread's shared buffer; the panels of a block start at its first unknown times the number of unknowns.</summary>
    internal static T* Pack(KernelTable<T> kernels, Substitution passes, UnknownBlocks blocks, T* l, nint stride)
    {
        TrianglePanels<T> job;
        job._passes = passes;
        job._width = kernels.Width;
        job._blocks = blocks;
        job._l = l;
        job._stride = stride;
        job._packed = Workspace.Rent<T>(Workspace.Purpose.SharedPanels, (long)blocks.Size * blocks.Size);
        int chunks = (blocks.Count + BlocksInChunk - 1) / BlocksInChunk;
        WorkerPool.Run(chunks, ref job);
        return job._packed;
    }

    /// <inheritdoc/>
    public readonly void Execute(int chunk)
    {
        int last = Math.Min((chunk + 1) * BlocksInChunk, _blocks.Count);
        for (int block = chunk * BlocksInChunk; block < last; block++)
        {
            int start = _blocks.Start(block), end = _blocks.Start(block + 1), rows = end - start;
            T* panels = _packed + ((nint)start * _blocks.Size);
            if ((_passes & Substitution.Forward) != 0)
                Transposition.Copy(_l + (start * _stride), _stride, panels, rows, rows, start);
            if ((_passes & Substitution.Backward) != 0)
                Panels.Split(_width, _l + (end * _stride) + start, _stride, panels + ((nint)start * rows), _blocks.Size - end, rows, rows);
        }
    }
}
