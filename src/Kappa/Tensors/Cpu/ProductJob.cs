using System.Numerics;
using System.Runtime.CompilerServices;

namespace Kappa.Tensors.Cpu;

/// <summary>
/// A product with one block of k and one block of columns, cut into chunks of row panels by column panels; and, as a job before it, the packing of B.
/// Panels are up to <see cref="KernelTable{T}.ProductRows"/> rows of C, nearly equal so that a ragged edge costs nothing, and
/// <see cref="KernelTable{T}.PanelColumns"/> columns.
/// </summary>
internal unsafe struct ProductJob<T> : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    internal KernelTable<T> Kernels;

    /// <summary>A and B at the start of the blocks, and C at the start of the block of columns.</summary>
    internal T* A, B, C;

    /// <summary>The strides of op(A): from row to row, and from step to step of the sum. B's from row to row as stored, and C's.</summary>
    internal nint ARowStride, AStep, BStride, CStride;

    /// <summary>The size of the product.</summary>
    internal int Rows, Columns, Depth;

    /// <summary>The panels in C, and in one chunk.</summary>
    internal int RowPanels, ColumnPanels, ChunkRowPanels, ChunkColumnPanels;

    /// <summary>B packed in column panels, [panel][k][columns of a panel]; null when B is read where it is.</summary>
    internal T* PackedB;

    internal bool TransposeB, PackA, Accumulate, Packing;

    /// <summary>Whether to leave out tiles that lie above the diagonal.</summary>
    internal bool LowerOnly;

    internal T Scale;

    /// <summary>The chunks of the product.</summary>
    internal readonly int Chunks => RowChunks * ((ColumnPanels + ChunkColumnPanels - 1) / ChunkColumnPanels);

    private readonly int RowChunks => (RowPanels + ChunkRowPanels - 1) / ChunkRowPanels;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int chunk)
    {
        if (Packing)
        {
            PackColumnPanel(chunk);
            return;
        }
        int rowChunk = chunk % RowChunks;
        int columnChunk = chunk / RowChunks;
        int firstRowPanel = rowChunk * ChunkRowPanels;
        int endRowPanel = Math.Min(firstRowPanel + ChunkRowPanels, RowPanels);
        int firstColumnPanel = columnChunk * ChunkColumnPanels;
        int endColumnPanel = Math.Min(firstColumnPanel + ChunkColumnPanels, ColumnPanels);
        int panelColumns = Kernels.PanelColumns;
        if (LowerOnly)
            firstRowPanel = Math.Max(firstRowPanel, RowPanelHolding(firstColumnPanel * panelColumns));
        int firstRow = RowStart(firstRowPanel);
        T* packedA = PackA ? PackRows(firstRowPanel, endRowPanel) : null;

        TileArguments<T> tile;
        tile.Depth = Depth;
        tile.Accumulate = Accumulate;
        tile.Scale = Scale;
        tile.CRowStride = CStride;
        for (int columnPanel = firstColumnPanel; columnPanel < endColumnPanel; columnPanel++)
        {
            int column = columnPanel * panelColumns;
            int columns = Math.Min(panelColumns, Columns - column);
            tile.EdgeCount = columns % Kernels.Lanes;
            tile.B = PackedB != null ? PackedB + ((nint)column * Depth) : B + column;
            tile.BStep = PackedB != null ? panelColumns : BStride;
            int rowPanel = LowerOnly ? Math.Max(firstRowPanel, RowPanelHolding(column)) : firstRowPanel;
            int row = RowStart(rowPanel);
            for (; rowPanel < endRowPanel; rowPanel++)
            {
                int nextRow = RowStart(rowPanel + 1);
                int rows = nextRow - row;
                if (packedA != null)
                {
                    tile.A = packedA + ((nint)(row - firstRow) * Depth);
                    tile.ARowStride = 1;
                    tile.AStep = rows;
                }
                else
                {
                    tile.A = A + (row * ARowStride);
                    tile.ARowStride = ARowStride;
                    tile.AStep = AStep;
                }
                tile.C = C + (row * CStride) + column;
                Kernels.Product(rows, columns)(&tile);
                row = nextRow;
            }
        }
    }

    /// <summary>The first row of a panel: the first panels have one row more when the division leaves a rest.</summary>
    private readonly int RowStart(int panel)
    {
        int size = Rows / RowPanels;
        return (panel * size) + Math.Min(panel, Rows - (size * RowPanels));
    }

    private readonly int RowPanelHolding(int row)
    {
        int size = Rows / RowPanels;
        int larger = Rows - (size * RowPanels);
        return row < larger * (size + 1) ? row / (size + 1) : larger + ((row - (larger * (size + 1))) / size);
    }

    private readonly T* PackRows(int firstPanel, int endPanel)
    {
        int firstRow = RowStart(firstPanel);
        T* packed = Workspace.Rent<T>(Workspace.Purpose.LeftPanels, (long)(RowStart(endPanel) - firstRow) * Depth);
        T* to = packed;
        int row = firstRow;
        for (int panel = firstPanel; panel < endPanel; panel++)
        {
            int rows = RowStart(panel + 1) - row;
            if (ARowStride == 1)
                Panels.CopyRows(Kernels.Width, A + row, AStep, to, rows, Depth, rows);
            else
                Transposition.Copy(A + (row * ARowStride), ARowStride, to, rows, rows, Depth);
            to += (nint)rows * Depth;
            row += rows;
        }
        return packed;
    }

    private readonly void PackColumnPanel(int panel)
    {
        int panelColumns = Kernels.PanelColumns;
        int column = panel * panelColumns;
        int columns = Math.Min(panelColumns, Columns - column);
        T* to = PackedB + ((nint)column * Depth);
        // Columns that do not exist are left as they are: the kernels of the edge do not read them.
        if (TransposeB)
            Transposition.Copy(B + (column * BStride), BStride, to, panelColumns, columns, Depth);
        else
            Panels.CopyRows(Kernels.Width, B + column, BStride, to, panelColumns, Depth, columns);
    }
}
