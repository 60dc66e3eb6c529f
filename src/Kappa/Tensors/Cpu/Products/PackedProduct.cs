using System.Numerics;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu.Products;

/// <summary>C = A W^T for a W that was packed once, so that few rows of A read it end to end and on all cores: a product of one row waits for nothing
/// else.</summary>
internal static unsafe class PackedProduct
{
    /// <summary>Bytes of W that are worth a chunk of their own.</summary>
    private const long ChunkBytes = 32 * 1024;

    /// <summary>Packs W, stored [columns, depth].</summary>
    internal static PackedWeight Pack<T>(Tensor weight)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var kernels = KernelTable<T>.Selected;
        int columns = weight.Shape[0], depth = weight.Shape[1], width = kernels.PanelColumns;
        int panels = (columns + width - 1) / width;
        var packed = Tensor.Zeros([checked(panels * width * depth)], weight.DataType);
        for (int step = 0; step < depth; step += ProductPlan.BlockOf(depth))
        {
            int length = Math.Min(ProductPlan.BlockOf(depth), depth - step);
            T* to = packed.Pointer<T>() + ((nint)panels * width * step);
            PackingJob<T>.Pack(kernels, transposed: true, length, columns, weight.Pointer<T>() + step, depth, to);
        }
        return new PackedWeight(packed, columns, depth, kernels);
    }

    /// <summary>Multiplies rows, whose sums have the order of <see cref="ProductPlan"/>.</summary>
    internal static void Multiply<T>(int rows, T* a, PackedWeight weight, T* c)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (rows == 0)
            return;
        var kernels = (KernelTable<T>)weight.Kernels;
        int width = kernels.PanelColumns, panels = (weight.Columns + width - 1) / width;
        ProductJob<T> job = default;
        job.Kernels = kernels;
        job.ARowStride = weight.Depth;
        job.AStep = 1;
        job.CStride = weight.Columns;
        job.C = c;
        job.Rows = rows;
        job.Columns = weight.Columns;
        job.RowPanels = (rows + kernels.ProductRows - 1) / kernels.ProductRows;
        job.PanelRows = rows / job.RowPanels;
        job.LargerPanels = rows - (job.PanelRows * job.RowPanels);
        job.ColumnPanels = panels;
        job.ChunkRowPanels = job.RowPanels;
        job.RowChunks = 1;
        for (int step = 0; step < weight.Depth; step += ProductPlan.BlockOf(weight.Depth))
        {
            job.Depth = Math.Min(ProductPlan.BlockOf(weight.Depth), weight.Depth - step);
            job.A = a + step;
            job.PackedB = weight.Values.Pointer<T>() + ((nint)panels * width * step);
            job.Accumulate = step > 0;
            int chunks = (int)Math.Clamp((long)panels * width * job.Depth * sizeof(T) / ChunkBytes, 1, panels);
            job.ChunkColumnPanels = (panels + chunks - 1) / chunks;
            WorkerPool.Run((panels + job.ChunkColumnPanels - 1) / job.ChunkColumnPanels, ref job);
        }
    }
}
