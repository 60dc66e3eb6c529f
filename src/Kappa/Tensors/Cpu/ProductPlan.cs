using System.Numerics;

namespace Kappa.Tensors.Cpu;

/// <summary>Cuts a product into blocks and chunks, by its shape alone, and runs it.</summary>
internal static unsafe class ProductPlan
{
    /// <summary>The longest block of the sum: longer ones save traffic of C, until a panel of B outgrows its part of the level 2 cache.</summary>
    private const int MaximumDepth = 1024;

    /// <summary>The widest block of columns: bounds the memory for packed B to 16 MiB.</summary>
    private const int MaximumColumns = 4096;

    /// <summary>Multiply-adds below which a product stays on the calling thread: about 5 microseconds.</summary>
    private const long SerialWork = 400_000;

    /// <summary>Multiply-adds of one chunk, about 20 microseconds: small against the whole, large against the cost of claiming it.</summary>
    private const long ChunkWork = 1_500_000;

    internal static void Run<T>(
        bool transposeA, bool transposeB, int m, int n, int k, T* a, int lda, T* b, int ldb, T* c, int ldc, T scale, bool accumulate, bool lowerOnly)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (m <= 0 || n <= 0)
            return;
        if (k <= 0)
        {
            for (int i = 0; !accumulate && i < m; i++)
                new Span<T>(c + ((nint)i * ldc), n).Clear();
            return;
        }
        var kernels = KernelTable<T>.Selected;
        int panelColumns = kernels.PanelColumns;
        ProductJob<T> job = default;
        job.Kernels = kernels;
        job.ARowStride = transposeA ? 1 : lda;
        job.AStep = transposeA ? lda : 1;
        job.BStride = ldb;
        job.CStride = ldc;
        job.Rows = m;
        job.RowPanels = (m + kernels.ProductRows - 1) / kernels.ProductRows;
        job.TransposeB = transposeB;
        job.PackA = PacksA<T>(transposeA, m, n, k, lda);
        job.LowerOnly = lowerOnly;
        job.Scale = scale;
        bool packB = transposeB || PacksB<T>(m, n, k, ldb, kernels.Lanes);
        int columnBlocks = (n + MaximumColumns - 1) / MaximumColumns;
        int columnBlock = lowerOnly ? n : RoundUp((n + columnBlocks - 1) / columnBlocks, panelColumns);
        int depthBlocks = (k + MaximumDepth - 1) / MaximumDepth;
        int depthBlock = RoundUp((k + depthBlocks - 1) / depthBlocks, 16);
        for (int column = 0; column < n; column += columnBlock)
        {
            job.Columns = Math.Min(columnBlock, n - column);
            job.ColumnPanels = (job.Columns + panelColumns - 1) / panelColumns;
            for (int step = 0; step < k; step += depthBlock)
            {
                job.Depth = Math.Min(depthBlock, k - step);
                job.A = a + (step * job.AStep);
                job.B = transposeB ? b + ((nint)column * ldb) + step : b + ((nint)step * ldb) + column;
                job.C = c + column;
                job.Accumulate = accumulate || step > 0;
                long work = (long)m * job.Columns * job.Depth / (lowerOnly ? 2 : 1);
                if (packB)
                    Pack(ref job, work);
                Cut(ref job, work);
                WorkerPool.Run(job.Chunks, ref job);
            }
        }
    }

    /// <summary>
    /// A is packed when it is transposed and reused: its rows of 12 elements then lie end to end instead of one to a page. Otherwise only when its
    /// stride is a multiple of 4096 bytes and a panel's rows would fall into one set of the level 1 cache.
    /// </summary>
    private static bool PacksA<T>(bool transposeA, int m, int n, int k, int lda)
        where T : unmanaged =>
        transposeA ? n >= 48 && (long)m * k > 4096 : n >= 256 && m >= 8 && k >= 64 && (long)lda * sizeof(T) % 4096 == 0;

    /// <summary>
    /// B is packed when enough rows share the cost and reading it in place is slower: above 1.25 MiB, which is most of the level 2 cache, or when rows
    /// straddle cache lines.
    /// </summary>
    private static bool PacksB<T>(int m, int n, int k, int ldb, int lanes)
        where T : unmanaged =>
        m >= 160 && n >= lanes && ((long)k * n * sizeof(T) > 1_310_720 || ldb % lanes != 0 || (long)ldb * sizeof(T) % 4096 == 0);

    private static void Pack<T>(ref ProductJob<T> job, long work)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        job.PackedB = Workspace.Rent<T>(Workspace.Purpose.SharedPanels, (long)job.ColumnPanels * job.Kernels.PanelColumns * job.Depth);
        job.Packing = true;
        if (work < SerialWork)
        {
            for (int panel = 0; panel < job.ColumnPanels; panel++)
                job.Execute(panel);
        }
        else
        {
            WorkerPool.Run(job.ColumnPanels, ref job);
        }
        job.Packing = false;
    }

    private static void Cut<T>(ref ProductJob<T> job, long work)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        job.ChunkRowPanels = job.RowPanels;
        job.ChunkColumnPanels = job.ColumnPanels;
        // The rows of a chunk should stay in the level 2 cache while the panels of B pass by.
        long rowsInCache = Math.Max(48, 131_072 / job.Depth);
        int rowPanelsInCache = (int)Math.Max(1, rowsInCache * job.RowPanels / job.Rows);
        if (work < SerialWork)
            return;
        int rowChunks = (job.RowPanels + rowPanelsInCache - 1) / rowPanelsInCache;
        long chunks = Math.Clamp(work / ChunkWork, 2, 256);
        // Wide chunks share a packed panel of A; a chunk of 8 panels repeats the packing at a cost of 2%.
        int fewestColumnPanels = job.PackA ? Math.Min(8, job.ColumnPanels) : 1;
        int columnChunks = (int)Math.Clamp(chunks / rowChunks, 1, job.ColumnPanels / fewestColumnPanels);
        if (job.LowerOnly)
        {
            rowChunks = 1;
            columnChunks = job.ColumnPanels;
        }
        else if ((long)rowChunks * columnChunks < chunks)
        {
            rowChunks = (int)Math.Min(job.RowPanels, (chunks + columnChunks - 1) / columnChunks);
        }
        job.ChunkRowPanels = (job.RowPanels + rowChunks - 1) / rowChunks;
        job.ChunkColumnPanels = (job.ColumnPanels + columnChunks - 1) / columnChunks;
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
