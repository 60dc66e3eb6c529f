using System.Numerics;
using System.Runtime.CompilerServices;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Tensors.Cpu.Products;

/// <summary>
/// The lower triangle of scale P P^T for one block of the sum, where P^T is packed in column panels. The tiles take both operands from the same panels, so
/// one packing serves: a panel of 32 rows is three tiles of 11, 11 and 10. Chunks are squares of panels on and below the diagonal.
/// </summary>
internal unsafe struct SymmetricJob<T> : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int MaximumDepth = 256;
    private const long SerialWork = 200_000;

    private KernelTable<T> _kernels;
    private T* _packed, _c;
    private nint _stride;
    private int _size, _depth, _panels, _panelsInChunk;
    private T _scale;
    private bool _accumulate;

    /// <summary>Adds to or writes the lower triangle of C; the rest of the tiles on the diagonal, which lies above it, is overwritten too. Without
    /// <paramref name="accumulate"/> the scale must be 1.</summary>
    internal static void Run(bool transposed, int n, int k, T* a, int lda, T* c, int ldc, T scale, bool accumulate)
    {
        var kernels = KernelTable<T>.Selected;
        SymmetricJob<T> job;
        job._kernels = kernels;
        job._c = c;
        job._stride = ldc;
        job._size = n;
        job._panels = (n + kernels.PanelColumns - 1) / kernels.PanelColumns;
        job._scale = scale;
        // Larger squares reuse their panels more, smaller ones share the work better.
        job._panelsInChunk = job._panels > 16 ? 4 : job._panels > 8 ? 2 : 1;
        int groups = (job._panels + job._panelsInChunk - 1) / job._panelsInChunk;
        int blocks = (k + MaximumDepth - 1) / MaximumDepth;
        int block = (((k + blocks - 1) / blocks) + 15) & ~15;
        for (int step = 0; step < k; step += block)
        {
            job._depth = Math.Min(block, k - step);
            job._accumulate = accumulate || step > 0;
            bool serial = (long)n * n * job._depth / 2 < SerialWork;
            T* source = transposed ? a + ((nint)step * lda) : a + step;
            job._packed = PackingJob<T>.Pack(kernels, !transposed, job._depth, n, source, lda, serial);
            int chunks = groups * (groups + 1) / 2;
            if (!serial)
                WorkerPool.Run(chunks, ref job);
            for (int chunk = 0; serial && chunk < chunks; chunk++)
                job.Execute(chunk);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int chunk)
    {
        // Chunk = group (group + 1) / 2 + column group.
        int group = 0;
        while ((group + 1) * (group + 2) / 2 <= chunk)
            group++;
        int columnGroup = chunk - (group * (group + 1) / 2);
        int width = _kernels.PanelColumns;
        TileArguments<T> tile;
        tile.ARowStride = 1;
        tile.AStep = width;
        tile.BStep = width;
        tile.CRowStride = _stride;
        tile.Depth = _depth;
        tile.Scale = _scale;
        tile.Accumulate = _accumulate;
        int endColumnPanel = Math.Min((columnGroup + 1) * _panelsInChunk, _panels);
        int endRowPanel = Math.Min((group + 1) * _panelsInChunk, _panels);
        for (int columnPanel = columnGroup * _panelsInChunk; columnPanel < endColumnPanel; columnPanel++)
        {
            int column = columnPanel * width;
            int columns = Math.Min(width, _size - column);
            tile.EdgeCount = columns & (_kernels.Lanes - 1);
            tile.B = _packed + ((nint)column * _depth);
            for (int rowPanel = Math.Max(group * _panelsInChunk, columnPanel); rowPanel < endRowPanel; rowPanel++)
            {
                int firstRow = rowPanel * width;
                int rows = Math.Min(width, _size - firstRow);
                int tiles = (rows + _kernels.ProductRows - 1) / _kernels.ProductRows;
                int done = 0;
                for (int index = 0; index < tiles; index++)
                {
                    int count = (rows - done) / (tiles - index);
                    // Above the diagonal's last row in this tile, there is nothing to the right to compute.
                    int needed = Math.Min(columns, firstRow + done + count - column);
                    tile.A = _packed + ((nint)firstRow * _depth) + done;
                    tile.C = _c + ((firstRow + done) * _stride) + column;
                    _kernels.Product(count, needed <= _kernels.Lanes && columns > _kernels.Lanes ? _kernels.Lanes : columns)(&tile);
                    done += count;
                }
            }
        }
    }
}
