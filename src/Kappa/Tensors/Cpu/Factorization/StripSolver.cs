using System.Numerics;
using System.Runtime.CompilerServices;
using Kappa.Tensors.Cpu.Products;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Tensors.Cpu.Factorization;

/// <summary>
/// Solves with a triangular matrix L, its transpose, or both in turn, in strips of two vectors of right-hand sides. A strip [n, two vectors] is copied to
/// packed memory, transposed on the way when the unknowns run along B's rows, and stays there for both substitutions.
/// </summary>
/// <remarks>
/// On a strip, each block of 8 unknowns is reduced by the product of its part of L with what is solved already (the product's own kernel), then solved
/// in registers. The copies cost about 2/n of the work. Strips are independent, so they are the chunks.
/// </remarks>
internal unsafe struct StripSolver<T> : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const long SerialWork = 200_000;
    private const long ChunkWork = 400_000;

    /// <summary>Strips that are enough to make up for packing L.</summary>
    private const int PackingStrips = 4;

    private KernelTable<T> _kernels;
    private Substitution _passes;
    private UnknownBlocks _blocks;
    private T* _l, _packed;
    private nint _lStride;
    private T* _b, _x;
    private nint _bStride, _xStride;
    private int _count, _stripsInChunk;
    private bool _unknownsAlongRows;

    /// <summary>Solves for <paramref name="count"/> right-hand sides: columns of B, or its rows when <paramref name="right"/>. X may be B.</summary>
    internal static void Solve(bool right, Substitution passes, int n, int count, T* l, int ldl, T* b, int ldb, T* x, int ldx)
    {
        if (n <= 0 || count <= 0)
            return;
        StripSolver<T> job = default;
        job._kernels = KernelTable<T>.Selected;
        job._passes = passes;
        job._blocks = new UnknownBlocks(n, job._kernels.SolveRows);
        job._l = l;
        job._lStride = ldl;
        job._b = b;
        job._bStride = ldb;
        job._x = x;
        job._xStride = ldx;
        job._count = count;
        job._unknownsAlongRows = right;
        int strips = (count + job._kernels.PanelColumns - 1) / job._kernels.PanelColumns;
        if (strips >= PackingStrips)
            job._packed = TrianglePanels<T>.Pack(job._kernels, passes, job._blocks, l, ldl);
        long stripWork = (long)n * n / 2 * job._kernels.PanelColumns * BitOperations.PopCount((uint)passes);
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
        T* strip = Workspace.Rent<T>(Workspace.Purpose.Strip, (long)_blocks.Size * width);
        int end = Math.Min((chunk + 1) * _stripsInChunk * width, _count);
        for (int start = chunk * _stripsInChunk * width; start < end; start += width)
        {
            int count = Math.Min(width, end - start);
            int vectors = count > _kernels.Lanes ? 2 : 1;
            Load(start, count, strip);
            if ((_passes & Substitution.Forward) != 0)
                SubstituteForward(strip, vectors);
            if ((_passes & Substitution.Backward) != 0)
                SubstituteBackward(strip, vectors);
            Store(start, count, strip);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void SubstituteForward(T* strip, int vectors)
    {
        var tile = Tile();
        nint width = tile.BStep;
        tile.B = strip;
        for (int block = 0; block < _blocks.Count; block++)
        {
            int start = _blocks.Start(block), rows = _blocks.Start(block + 1) - start;
            tile.C = strip + (start * width);
            tile.Depth = start;
            tile.A = _l + (start * _lStride);
            tile.ARowStride = _lStride;
            tile.AStep = 1;
            if (_packed != null)
            {
                tile.A = _packed + ((nint)start * _blocks.Size);
                tile.ARowStride = 1;
                tile.AStep = rows;
            }
            if (start > 0)
                _kernels.Product(rows, vectors * _kernels.Lanes)(&tile);
            tile.A = _l + (start * (_lStride + 1));
            tile.ARowStride = _lStride;
            tile.AStep = 1;
            _kernels.Solve(rows, vectors)(&tile);
        }
    }

    /// <summary>The blocks from the last; within a block the tile's rows run backward, so that the substitution itself runs forward.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void SubstituteBackward(T* strip, int vectors)
    {
        var tile = Tile();
        nint width = tile.BStep;
        for (int block = _blocks.Count - 1; block >= 0; block--)
        {
            int start = _blocks.Start(block), end = _blocks.Start(block + 1), rows = end - start;
            tile.B = strip + (end * width);
            tile.C = strip + (start * width);
            tile.CRowStride = width;
            tile.Depth = _blocks.Size - end;
            tile.A = _l + (end * _lStride) + start;
            tile.ARowStride = 1;
            tile.AStep = _lStride;
            if (_packed != null)
            {
                tile.A = _packed + ((nint)start * _blocks.Size) + ((nint)start * rows);
                tile.AStep = rows;
            }
            if (end < _blocks.Size)
                _kernels.Product(rows, vectors * _kernels.Lanes)(&tile);
            tile.A = _l + ((end - 1) * (_lStride + 1));
            tile.ARowStride = -1;
            tile.AStep = -_lStride;
            tile.C = strip + ((end - 1) * width);
            tile.CRowStride = -width;
            _kernels.Solve(rows, vectors)(&tile);
        }
    }

    private readonly TileArguments<T> Tile() => new()
    {
        BStep = _kernels.PanelColumns,
        CRowStride = _kernels.PanelColumns,
        Accumulate = true,
        Scale = -T.One,
    };

    private readonly void Load(int start, int count, T* strip)
    {
        int width = _kernels.PanelColumns;
        if (count < width)
            new Span<T>(strip, _blocks.Size * width).Clear();
        if (_unknownsAlongRows)
            Transposition.Copy(_b + (start * _bStride), _bStride, strip, width, count, _blocks.Size);
        else
            Panels.Split(_kernels.Width, _b + start, _bStride, strip, _blocks.Size, width, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Store(int start, int count, T* strip)
    {
        nint width = _kernels.PanelColumns;
        if (_unknownsAlongRows)
        {
            Transposition.Copy(strip, width, _x + (start * _xStride), _xStride, _blocks.Size, count);
            return;
        }
        T* to = _x + start;
        if (count * sizeof(T) == 128)
        {
            // Two 512-bit vectors: a copy of a length that the compiler knows has no call in it.
            for (int row = 0; row < _blocks.Size; row++)
                Unsafe.CopyBlockUnaligned(to + (row * _xStride), strip + (row * width), 128);
            return;
        }
        for (int row = 0; row < _blocks.Size; row++)
            new ReadOnlySpan<T>(strip + (row * width), count).CopyTo(new Span<T>(to + (row * _xStride), count));
    }
}
