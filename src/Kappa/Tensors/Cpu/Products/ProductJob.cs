using System.Numerics;
using System.Runtime.CompilerServices;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Tensors.Cpu.Products;

/// <summary>
/// A product with one block of k and one block of columns, cut into chunks of row panels by column panels.
/// Panels are up to <see cref="KernelTable{T}.ProductRows"/> rows of C, nearly equal so that a ragged edge costs nothing, and
/// <see cref="KernelTable{T}.PanelColumns"/> columns.
/// </summary>
internal unsafe struct ProductJob<T> : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int LevelOneBytes = 32_768;

    internal KernelTable<T> Kernels;

    /// <summary>A and B at the start of the blocks, and C at the start of the block of columns.</summary>
    internal T* A, B, C;

    /// <summary>The strides of op(A): from row to row, and from step to step of the sum. B's from row to row as stored, and C's.</summary>
    internal nint ARowStride, AStep, BStride, CStride;

    /// <summary>The size of the product.</summary>
    internal int Rows, Columns, Depth;

    /// <summary>The panels in C, and in one chunk.</summary>
    internal int RowPanels, ColumnPanels, ChunkRowPanels, ChunkColumnPanels;

    /// <summary>The rows of a panel, and how many of the first panels have one row more.</summary>
    internal int PanelRows, LargerPanels;

    /// <summary>The chunks that share a column panel. Chunks are numbered along the rows first.</summary>
    internal int RowChunks;

    /// <summary>B packed in column panels, [panel][k][columns of a panel]; null when B is read where it is.</summary>
    internal T* PackedB;

    internal bool TransposeB, PackA, Accumulate;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int chunk)
    {
        int columnChunk = 0, rowChunk = chunk;
        if (chunk >= RowChunks)
            (columnChunk, rowChunk) = Math.DivRem(chunk, RowChunks);
        MultiplyPanels(
            rowChunk * ChunkRowPanels, Math.Min((rowChunk + 1) * ChunkRowPanels, RowPanels),
            columnChunk * ChunkColumnPanels, Math.Min((columnChunk + 1) * ChunkColumnPanels, ColumnPanels));
    }

    /// <summary>The product on a rectangle of panels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly void MultiplyPanels(int firstRowPanel, int endRowPanel, int firstColumnPanel, int endColumnPanel)
    {
        int panelColumns = Kernels.PanelColumns;
        int firstRow = RowStart(firstRowPanel);
        TileArguments<T> tile = default;
        tile.Depth = Depth;
        tile.Accumulate = Accumulate;
        tile.Scale = T.One;
        tile.CRowStride = CStride;
        // op(A) of these rows, read in place or packed. A packed panel starts at its first row times the first of these strides.
        T* a = A + (firstRow * ARowStride);
        nint panelStride = ARowStride;
        tile.ARowStride = ARowStride;
        tile.AStep = AStep;
        bool interleaved = false;
        if (PackA)
        {
            a = PackRows(firstRowPanel, endRowPanel, out panelStride);
            interleaved = ARowStride == 1;
            tile.ARowStride = interleaved ? 1 : panelStride;
        }
        // Which operand stays in the level 1 cache: a panel of B while it fits, else the shorter panel of A.
        if ((long)Depth * panelColumns * sizeof(T) > LevelOneBytes && endColumnPanel - firstColumnPanel > 1)
        {
            int firstOfPanel = firstRow;
            for (int rowPanel = firstRowPanel; rowPanel < endRowPanel; rowPanel++)
            {
                int rows = rowPanel < LargerPanels ? PanelRows + 1 : PanelRows;
                if (interleaved)
                    tile.AStep = rows;
                tile.A = a + ((firstOfPanel - firstRow) * panelStride);
                for (int columnPanel = firstColumnPanel; columnPanel < endColumnPanel; columnPanel++)
                {
                    int columns = Select(ref tile, columnPanel, panelColumns);
                    tile.C = C + (firstOfPanel * CStride) + (columnPanel * panelColumns);
                    Kernels.Product(rows, columns)(&tile);
                }
                firstOfPanel += rows;
            }
            return;
        }
        for (int columnPanel = firstColumnPanel; columnPanel < endColumnPanel; columnPanel++)
        {
            int columns = Select(ref tile, columnPanel, panelColumns);
            var smaller = Kernels.Product(PanelRows, columns);
            var larger = LargerPanels > 0 ? Kernels.Product(PanelRows + 1, columns) : smaller;
            int row = firstRow;
            for (int rowPanel = firstRowPanel; rowPanel < endRowPanel; rowPanel++)
            {
                bool large = rowPanel < LargerPanels;
                int rows = large ? PanelRows + 1 : PanelRows;
                tile.A = a + ((row - firstRow) * panelStride);
                if (interleaved)
                    tile.AStep = rows;
                tile.C = C + (row * CStride) + (columnPanel * panelColumns);
                if (large)
                    larger(&tile);
                else
                    smaller(&tile);
                row += rows;
            }
        }
    }

    /// <summary>Sets the tile's B to a column panel, and returns how many columns it has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Select(ref TileArguments<T> tile, int columnPanel, int panelColumns)
    {
        int column = columnPanel * panelColumns;
        int columns = Math.Min(panelColumns, Columns - column);
        tile.EdgeCount = columns & (Kernels.Lanes - 1);
        tile.B = PackedB != null ? PackedB + ((nint)column * Depth) : B + column;
        tile.BStep = PackedB != null ? panelColumns : BStride;
        return columns;
    }

    /// <summary>The first row of a panel.</summary>
    private readonly int RowStart(int panel) => (panel * PanelRows) + Math.Min(panel, LargerPanels);

    /// <summary>
    /// Packs the rows of op(A): interleaved in panels [k][rows] when A is stored transposed, and else just moved to a stride that spreads them over the
    /// sets of the cache.
    /// </summary>
    private readonly T* PackRows(int firstPanel, int endPanel, out nint panelStride)
    {
        int firstRow = RowStart(firstPanel);
        int rows = RowStart(endPanel) - firstRow;
        panelStride = ARowStride == 1 ? Depth : ((Depth + 15) & ~15) + 16;
        T* packed = Workspace.Rent<T>(Workspace.Purpose.LeftPanels, (long)rows * panelStride);
        T* from = A + (firstRow * ARowStride);
        if (ARowStride != 1)
        {
            for (int row = 0; row < rows; row++)
                new ReadOnlySpan<T>(from + (row * ARowStride), Depth).CopyTo(new Span<T>(packed + (row * panelStride), Depth));
            return packed;
        }
        Panels.Interleave(Kernels.Width, from, AStep, packed, Depth, PanelRows, Math.Clamp(LargerPanels - firstPanel, 0, endPanel - firstPanel), rows);
        return packed;
    }
}
