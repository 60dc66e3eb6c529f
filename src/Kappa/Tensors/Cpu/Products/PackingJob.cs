using System.Numerics;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Tensors.Cpu.Products;

/// <summary>
/// Packs a block B [depth, columns], or its transpose as stored, into column panels [panel][depth][columns of a panel] that the tiles read end to end.
/// </summary>
internal unsafe struct PackingJob<T> : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>How many panels a chunk does side by side, so that it reads whole runs of a row.</summary>
    private const int PanelsInChunk = 4;

    private KernelTable<T> _kernels;
    private bool _transposed;
    private int _depth, _columns;
    private T* _source;
    private nint _stride;
    private T* _destination;

    /// <summary>Packs into this thread's shared buffer, on all threads unless <paramref name="serial"/>.</summary>
    internal static T* Pack(KernelTable<T> kernels, bool transposed, int depth, int columns, T* source, nint stride, bool serial)
    {
        int panels = (columns + kernels.PanelColumns - 1) / kernels.PanelColumns;
        T* destination = Workspace.Rent<T>(Workspace.Purpose.SharedPanels, (long)panels * kernels.PanelColumns * depth);
        var job = Of(kernels, transposed, depth, columns, source, stride, destination);
        int chunks = (panels + PanelsInChunk - 1) / PanelsInChunk;
        if (!serial)
            WorkerPool.Run(chunks, ref job);
        for (int chunk = 0; serial && chunk < chunks; chunk++)
            job.Execute(chunk);
        return destination;
    }

    /// <summary>Packs to where it is to stay.</summary>
    internal static void Pack(KernelTable<T> kernels, bool transposed, int depth, int columns, T* source, nint stride, T* destination)
    {
        var job = Of(kernels, transposed, depth, columns, source, stride, destination);
        int panels = (columns + kernels.PanelColumns - 1) / kernels.PanelColumns;
        WorkerPool.Run((panels + PanelsInChunk - 1) / PanelsInChunk, ref job);
    }

    private static PackingJob<T> Of(KernelTable<T> kernels, bool transposed, int depth, int columns, T* source, nint stride, T* destination) => new()
    {
        _kernels = kernels,
        _transposed = transposed,
        _depth = depth,
        _columns = columns,
        _source = source,
        _stride = stride,
        _destination = destination,
    };

    /// <inheritdoc/>
    public readonly void Execute(int chunk)
    {
        int width = _kernels.PanelColumns;
        int column = chunk * PanelsInChunk * width;
        int columns = Math.Min(PanelsInChunk * width, _columns - column);
        T* to = _destination + ((nint)column * _depth);
        // Columns that do not exist are left as they are: the kernels of the edge do not read them.
        if (!_transposed)
        {
            Panels.Split(_kernels.Width, _source + column, _stride, to, _depth, width, columns);
            return;
        }
        for (int done = 0; done < columns; done += width)
        {
            Transposition.Copy(
                _source + ((column + done) * _stride), _stride, to + ((nint)done * _depth), width, Math.Min(width, columns - done), _depth);
        }
    }
}
