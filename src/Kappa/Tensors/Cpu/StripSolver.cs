using System.Numerics;
using System.Runtime.CompilerServices;

namespace Kappa.Tensors.Cpu;

/// <summary>
/// Solves with a triangular matrix, in strips of two vectors of right-hand sides. Every one of the four solves becomes forward substitution on a strip
/// [n, two vectors] that is copied to packed memory: transposed on the way when the unknowns run along B's rows, and in reverse order when the
/// triangle must be taken from its end. L is then read with strides that may be negative.
/// </summary>
/// <remarks>
/// On a strip, each block of 8 rows is reduced by the product of the rows of L left of the diagonal with what is solved already (the product's own
/// kernel), then solved in registers. The copies cost about 2/n of the work. Strips are independent, so they are the chunks.
/// </remarks>
internal unsafe struct StripSolver<T> : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const long SerialWork = 200_000;
    private const long ChunkWork = 400_000;

    private KernelTable<T> _kernels;
    private T* _l;
    private nint _lRow, _lColumn;
    private T* _b;
    private nint _bStride;
    private int _size, _count, _stripsInChunk;
    private bool _unknownsAlongRows, _reversed;

    /// <summary>Solves for <paramref name="count"/> right-hand sides: columns of B, or its rows when <paramref name="right"/>.</summary>
    internal static void Solve(bool right, bool transposeL, int n, int count, T* l, int ldl, T* b, int ldb)
    {
        if (n <= 0 || count <= 0)
            return;
        StripSolver<T> job = default;
        job._kernels = KernelTable<T>.Selected;
        // X L^T = B is L X^T = B^T: forward. X L = B and L^T X = B run backward.
        job._reversed = right ? !transposeL : transposeL;
        job._l = job._reversed ? l + ((n - 1) * ((nint)ldl + 1)) : l;
        job._lRow = job._reversed ? -1 : ldl;
        job._lColumn = job._reversed ? -(nint)ldl : 1;
        job._b = b;
        job._bStride = ldb;
        job._size = n;
        job._count = count;
        job._unknownsAlongRows = right;
        int strips = (count + job._kernels.PanelColumns - 1) / job._kernels.PanelColumns;
        long stripWork = (long)n * n / 2 * job._kernels.PanelColumns;
        if (stripWork * strips < SerialWork)
        {
            job._stripsInChunk = strips;
            job.Execute(0);
            return;
        }
        job._stripsInChunk = (int)Math.Clamp(ChunkWork / stripWork, 1, (strips + 1) / 2);
        WorkerPool.Run((strips + job._stripsInChunk - 1) / job._stripsInChunk, ref job);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int chunk)
    {
        int width = _kernels.PanelColumns;
        T* strip = Workspace.Rent<T>(Workspace.Purpose.Strip, (long)_size * width);
        // The first unknown of the substitution, and the way to the next.
        T* first = _reversed ? strip + ((nint)(_size - 1) * width) : strip;
        nint step = _reversed ? -width : width;
        int end = Math.Min((chunk + 1) * _stripsInChunk * width, _count);
        for (int start = chunk * _stripsInChunk * width; start < end; start += width)
        {
            int count = Math.Min(width, end - start);
            Load(start, count, first, step);
            int vectors = count > _kernels.Lanes ? 2 : 1;
            Substitute(strip, vectors);
            Store(start, count, first, step);
        }
    }

    private readonly void Substitute(T* strip, int vectors)
    {
        int width = _kernels.PanelColumns;
        int blocks = (_size + _kernels.SolveRows - 1) / _kernels.SolveRows;
        int rows = _size / blocks;
        int larger = _size - (rows * blocks);
        TileArguments<T> tile;
        tile.B = strip;
        tile.BStep = width;
        tile.CRowStride = width;
        tile.EdgeCount = 0;
        tile.Accumulate = true;
        tile.Scale = -T.One;
        tile.ARowStride = _lRow;
        tile.AStep = _lColumn;
        int done = 0;
        for (int block = 0; block < blocks; block++)
        {
            int count = block < larger ? rows + 1 : rows;
            tile.C = strip + ((nint)done * width);
            tile.A = _l + (done * _lRow);
            tile.Depth = done;
            if (done > 0)
                _kernels.Product(count, vectors * _kernels.Lanes)(&tile);
            tile.A += done * _lColumn;
            _kernels.Solve(count, vectors)(&tile);
            done += count;
        }
    }

    private readonly void Load(int start, int count, T* first, nint step)
    {
        int width = _kernels.PanelColumns;
        if (count < width)
            new Span<T>(_reversed ? first + ((_size - 1) * step) : first, _size * width).Clear();
        if (_unknownsAlongRows)
        {
            Transposition.Copy(_b + (start * _bStride), _bStride, first, step, count, _size);
            return;
        }
        for (int row = 0; row < _size; row++)
            new ReadOnlySpan<T>(_b + (row * _bStride) + start, count).CopyTo(new Span<T>(first + (row * step), count));
    }

    private readonly void Store(int start, int count, T* first, nint step)
    {
        if (_unknownsAlongRows)
        {
            Transposition.Copy(first, step, _b + (start * _bStride), _bStride, _size, count);
            return;
        }
        for (int row = 0; row < _size; row++)
            new ReadOnlySpan<T>(first + (row * step), count).CopyTo(new Span<T>(_b + (row * _bStride) + start, count));
    }
}
