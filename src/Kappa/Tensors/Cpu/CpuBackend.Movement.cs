using System.Numerics;
using System.Numerics.Tensors;

namespace Kappa.Tensors.Cpu;

/// <content>Moving elements about.</content>
internal sealed unsafe partial class CpuBackend
{
    internal override void CopyBlock(Tensor source, int sourceStart, int sourceStride, Tensor destination, int destinationStart, int destinationStride, int rows, int columns)
    {
        int size = source.DataType.SizeOf();
        long bytes = (long)columns * size;
        for (int row = 0; row < rows; row++)
        {
            byte* from = source.Pointer<byte>() + ((sourceStart + ((long)row * sourceStride)) * size);
            byte* to = destination.Pointer<byte>() + ((destinationStart + ((long)row * destinationStride)) * size);
            Buffer.MemoryCopy(from, to, bytes, bytes);
        }
    }

    internal override void GatherRows(Tensor table, Tensor indices, int rowLength, Tensor result)
    {
        long bytes = (long)rowLength * table.DataType.SizeOf();
        int* rows = indices.Pointer<int>();
        for (int i = 0; i < indices.Count; i++)
            Buffer.MemoryCopy(table.Pointer<byte>() + (rows[i] * bytes), result.Pointer<byte>() + (i * bytes), bytes, bytes);
    }

    internal override void ScatterAddRows(Tensor rows, Tensor indices, int rowLength, Tensor table)
    {
        if (table.DataType == DataType.Float32)
            ScatterAdd(rows.Pointer<float>(), indices.Pointer<int>(), indices.Count, rowLength, table.Pointer<float>());
        else
            ScatterAdd(rows.Pointer<double>(), indices.Pointer<int>(), indices.Count, rowLength, table.Pointer<double>());
    }

    internal override void Transpose(Tensor x, int batch, int rows, int columns, Tensor result)
    {
        if (x.DataType.SizeOf() == 4)
            Transpose(x.Pointer<float>(), batch, rows, columns, result.Pointer<float>());
        else
            Transpose(x.Pointer<double>(), batch, rows, columns, result.Pointer<double>());
    }

    private static void ScatterAdd<T>(T* rows, int* indices, int count, int rowLength, T* table)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < count; i++)
        {
            var to = new Span<T>(table + ((long)indices[i] * rowLength), rowLength);
            TensorPrimitives.Add(to, new ReadOnlySpan<T>(rows + ((long)i * rowLength), rowLength), to);
        }
    }

    /// <summary>By square tiles, so that both sides stay in cache.</summary>
    private static void Transpose<T>(T* x, int batch, int rows, int columns, T* result)
        where T : unmanaged
    {
        const int Tile = 16;
        for (int b = 0; b < batch; b++)
        {
            T* from = x + ((long)b * rows * columns);
            T* to = result + ((long)b * rows * columns);
            for (int i0 = 0; i0 < rows; i0 += Tile)
            {
                int i1 = Math.Min(i0 + Tile, rows);
                for (int j0 = 0; j0 < columns; j0 += Tile)
                {
                    int j1 = Math.Min(j0 + Tile, columns);
                    for (int i = i0; i < i1; i++)
                    {
                        for (int j = j0; j < j1; j++)
                            to[((long)j * rows) + i] = from[((long)i * columns) + j];
                    }
                }
            }
        }
    }
}
