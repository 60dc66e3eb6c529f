using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kappa.Tensors.Cpu.Reductions;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Memory;

namespace Kappa.Tensors.Cpu.Products;

/// <summary>Cuts a product into blocks and chunks, by its shape alone, and runs it.</summary>
internal static unsafe class ProductPlan
{
    /// <summary>The longest sum that is taken in one block.</summary>
    private const int MaximumDepth = 800;

    /// <summary>The length of the blocks of longer sums: longer ones save traffic of C, until B's part of the level 2 cache is full.</summary>
    private const int BlockDepth = 384;

    /// <summary>Column panels whose block of B stays in the level 2 cache: 768 KiB at <see cref="BlockDepth"/>.</summary>
    private const int PanelsInCache = 16;

    /// <summary>The widest block of columns: bounds the memory for packed B to 12.5 MiB.</summary>
    private const int MaximumColumns = 4096;

    /// <summary>Multiply-adds below which a product stays on the calling thread: about 5 microseconds.</summary>
    private const long SerialWork = 400_000;

    /// <summary>Multiply-adds of one chunk, about 20 microseconds: small against the whole, large against the cost of claiming it.</summary>
    private const long ChunkWork = 1_500_000;

    /// <summary>The longest sum whose blocks are added plainly.</summary>
    private const int PlainDepth = CompensatedSum.PlainTerms * BlockDepth;

    /// <summary>Runs a product. A very long sum is cut into parts, whose products are added without losing what rounding takes.</summary>
    internal static void Multiply<T>(
        bool transposeA, bool transposeB, int m, int n, int k, T* a, int lda, T* b, int ldb, T* c, int ldc, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (k <= PlainDepth || m <= 0 || n <= 0)
        {
            MultiplyPart(transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate);
            return;
        }
        int parts = (k + PlainDepth - 1) / PlainDepth;
        int length = RoundUp((k + parts - 1) / parts, 16);
        using var room = Scratch<T>.Rent(checked(2 * m * n));
        T* part = (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(room.Span)), lost = part + ((nint)m * n);
        new Span<T>(lost, m * n).Clear();
        for (int step = 0; step < k; step += length)
        {
            T* fromA = a + ((nint)step * (transposeA ? lda : 1)), fromB = b + ((nint)step * (transposeB ? 1 : ldb));
            int depth = Math.Min(length, k - step);
            if (step == 0)
            {
                MultiplyPart(transposeA, transposeB, m, n, depth, fromA, lda, fromB, ldb, c, ldc, accumulate);
                continue;
            }
            MultiplyPart(transposeA, transposeB, m, n, depth, fromA, lda, fromB, ldb, part, n, accumulate: false);
            CompensatedSum.Add(part, T.One, lost, c, ldc, m, n);
        }
    }

    /// <summary>Whether a sum of this length is taken in one part.</summary>
    internal static bool IsPlain(int k) => k is > 0 and <= PlainDepth;

    /// <summary>C = A B for a B [k, n] that was packed once, in blocks of <see cref="BlockOf"/> of the sum, each in column panels. k is plain: the sums are
    /// those of <see cref="Multiply"/>.</summary>
    internal static void MultiplyPacked<T>(KernelTable<T> kernels, int m, int n, int k, T* a, int lda, T* packed, T* c, int ldc)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (m <= 0 || n <= 0)
            return;
        ProductJob<T> job = default;
        job.Kernels = kernels;
        job.ARowStride = lda;
        job.AStep = 1;
        job.CStride = ldc;
        job.C = c;
        job.Rows = m;
        job.Columns = n;
        job.RowPanels = (m + kernels.ProductRows - 1) / kernels.ProductRows;
        job.PanelRows = m / job.RowPanels;
        job.LargerPanels = m - (job.PanelRows * job.RowPanels);
        job.ColumnPanels = (n + kernels.PanelColumns - 1) / kernels.PanelColumns;
        job.PackA = PacksA<T>(false, m, n, k, lda);
        for (int step = 0; step < k; step += BlockOf(k))
        {
            job.Depth = Math.Min(BlockOf(k), k - step);
            job.A = a + step;
            job.PackedB = packed + ((nint)job.ColumnPanels * kernels.PanelColumns * step);
            job.Accumulate = step > 0;
            int chunks = Cut(ref job, (long)m * n * job.Depth);
            WorkerPool.Run(chunks, ref job);
        }
    }

    /// <summary>Runs a product, as C^T = op(B)^T op(A)^T where that is cheaper.</summary>
    private static void MultiplyPart<T>(
        bool transposeA, bool transposeB, int m, int n, int k, T* a, int lda, T* b, int ldb, T* c, int ldc, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (!TransposedProduct.IsCheaper<T>(transposeA, transposeB, m, n, k))
        {
            Run(transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate);
            return;
        }
        T* transposed = Workspace.Rent<T>(Workspace.Purpose.Transposed, (long)m * n);
        if (accumulate)
            TransposedProduct.Copy(c, ldc, transposed, m, m, n);
        Run(!transposeB, !transposeA, n, m, k, b, ldb, a, lda, transposed, m, accumulate);
        TransposedProduct.Copy(transposed, m, c, ldc, n, m);
    }

    /// <summary>Runs a product as it stands.</summary>
    private static void Run<T>(
        bool transposeA, bool transposeB, int m, int n, int k, T* a, int lda, T* b, int ldb, T* c, int ldc, bool accumulate)
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
        ProductJob<T> job;
        Unsafe.SkipInit(out job);
        job.Kernels = kernels;
        job.ARowStride = transposeA ? 1 : lda;
        job.AStep = transposeA ? lda : 1;
        job.BStride = ldb;
        job.CStride = ldc;
        job.Rows = m;
        job.RowPanels = (m + kernels.ProductRows - 1) / kernels.ProductRows;
        job.PanelRows = m / job.RowPanels;
        job.LargerPanels = m - (job.PanelRows * job.RowPanels);
        job.TransposeB = transposeB;
        job.PackA = PacksA<T>(transposeA, m, n, k, lda);
        job.PackedB = null;
        bool packB = transposeB || PacksB<T>(m, n, k, ldb, kernels.Lanes);
        long work = (long)m * n * k;
        if (work < SerialWork && k <= MaximumDepth && n <= MaximumColumns)
            RunSmall(ref job, n, k, a, b, c, accumulate, packB);
        else
            RunBlocks(ref job, n, k, a, b, c, accumulate, packB);
    }

    /// <summary>One block, on this thread: the shortest way to the kernels.</summary>
    private static void RunSmall<T>(ref ProductJob<T> job, int n, int k, T* a, T* b, T* c, bool accumulate, bool packB)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        job.A = a;
        job.B = b;
        job.C = c;
        job.Columns = n;
        job.Depth = k;
        job.Accumulate = accumulate;
        job.ColumnPanels = (n + job.Kernels.PanelColumns - 1) / job.Kernels.PanelColumns;
        if (packB)
            job.PackedB = PackingJob<T>.Pack(job.Kernels, job.TransposeB, k, n, b, job.BStride, serial: true);
        job.MultiplyPanels(0, job.RowPanels, 0, job.ColumnPanels);
    }

    private static void RunBlocks<T>(ref ProductJob<T> job, int n, int k, T* a, T* b, T* c, bool accumulate, bool packB)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int panelColumns = job.Kernels.PanelColumns;
        int columnBlocks = (n + MaximumColumns - 1) / MaximumColumns;
        int columnBlock = RoundUp((n + columnBlocks - 1) / columnBlocks, panelColumns);
        int depthBlock = BlockOf(k);
        for (int column = 0; column < n; column += columnBlock)
        {
            job.Columns = Math.Min(columnBlock, n - column);
            job.ColumnPanels = (job.Columns + panelColumns - 1) / panelColumns;
            for (int step = 0; step < k; step += depthBlock)
            {
                job.Depth = Math.Min(depthBlock, k - step);
                job.A = a + (step * job.AStep);
                job.B = job.TransposeB ? b + (column * job.BStride) + step : b + (step * job.BStride) + column;
                job.C = c + column;
                job.Accumulate = accumulate || step > 0;
                long work = (long)job.Rows * job.Columns * job.Depth;
                if (packB)
                    job.PackedB = PackingJob<T>.Pack(job.Kernels, job.TransposeB, job.Depth, job.Columns, job.B, job.BStride, work < SerialWork);
                int chunks = Cut(ref job, work);
                WorkerPool.Run(chunks, ref job);
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

    /// <summary>Chooses the chunks, and returns how many there are.</summary>
    private static int Cut<T>(ref ProductJob<T> job, long work)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int rowChunks = 1, columnChunks = 1;
        if (work >= SerialWork)
        {
            // Narrow enough for a chunk's part of B to stay in the level 2 cache while rows of A pass by; the next chunk then shares it. An unpacked A is read
            // from where it is, and leaves less of the cache to B. Rows are cut first, so that a panel of A stays in the level 1 cache for all columns of the
            // chunk; columns too where there are too few rows. Every chunk of an A that is packed packs its rows for itself, so that more of its columns are
            // worth more.
            int chunks = (int)Math.Clamp(work / ChunkWork, 2, 64);
            int mostRowChunks = Math.Max(1, job.RowPanels / 4);
            int panelsInChunk = job.PackA ? PanelsInCache : PanelsInCache / 2;
            columnChunks = (job.ColumnPanels + panelsInChunk - 1) / panelsInChunk;
            if (!job.PackA)
                columnChunks = Math.Clamp((chunks + mostRowChunks - 1) / mostRowChunks, columnChunks, job.ColumnPanels);
            rowChunks = Math.Clamp((chunks + columnChunks - 1) / columnChunks, 1, mostRowChunks);
        }
        job.ChunkRowPanels = (job.RowPanels + rowChunks - 1) / rowChunks;
        job.ChunkColumnPanels = (job.ColumnPanels + columnChunks - 1) / columnChunks;
        job.RowChunks = (job.RowPanels + job.ChunkRowPanels - 1) / job.ChunkRowPanels;
        return job.RowChunks * ((job.ColumnPanels + job.ChunkColumnPanels - 1) / job.ChunkColumnPanels);
    }

    /// <summary>The length of the blocks that a sum of this length is taken in.</summary>
    internal static int BlockOf(int k)
    {
        int blocks = k <= MaximumDepth ? 1 : (k + BlockDepth - 1) / BlockDepth;
        return RoundUp((k + blocks - 1) / blocks, 16);
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
