using System.Numerics;
using Kappa.Tensors.Cpu.Elementwise;
using Kappa.Tensors.Cpu.Reductions;
using Kappa.Tensors.Cpu.Rows;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Memory;

namespace Kappa.Tensors.Cpu;

/// <content>Moving elements about.</content>
internal sealed unsafe partial class CpuBackend
{
    internal override void CopyBlock(
        Tensor source, int sourceStart, int sourceStride, Tensor destination, int destinationStart, int destinationStride, int rows, int columns)
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
            ScatterAdd<float>(rows, indices, rowLength, table);
        else
            ScatterAdd<double>(rows, indices, rowLength, table);
    }

    internal override void Transpose(Tensor x, int batch, int rows, int columns, Tensor result)
    {
        if (x.DataType.SizeOf() == 4)
            Transpose(x.Pointer<float>(), batch, rows, columns, result.Pointer<float>());
        else
            Transpose(x.Pointer<double>(), batch, rows, columns, result.Pointer<double>());
    }

    /// <summary>The rows that go to one place are listed, in the order they come in, and summed together.</summary>
    private static void ScatterAdd<T>(Tensor rows, Tensor indices, int rowLength, Tensor table)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (rowLength == 0 || indices.Count == 0)
            return;
        int places = table.Count / rowLength, count = indices.Count;
        using var starts = Scratch<int>.Rent(places + 1);
        using var order = Scratch<int>.Rent(count);
        var ends = starts.Span;
        ends.Clear();
        int* index = indices.Pointer<int>();
        for (int i = 0; i < count; i++)
            ends[index[i] + 1]++;
        for (int place = 0; place < places; place++)
            ends[place + 1] += ends[place];
        // What is the start of each place moves to its end, which is the start of the next.
        for (int i = 0; i < count; i++)
            order.Span[ends[index[i]]++] = i;
        var function = new PlaceRows<T> { Rows = rows.Pointer<T>(), Order = Address(order.Span), Ends = Address(ends), Width = rowLength,
            Table = table.Pointer<T>() };
        RunRows(function, places, Math.Max(1, (int)Math.Min((long)count * rowLength / places, ChunkLength)));
    }

    /// <summary>Adds to one row of a table all that goes to it.</summary>
    private struct PlaceRows<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* Rows, Table;
        internal int* Order, Ends;
        internal int Width;

        public readonly void Execute(int row)
        {
            int start = row == 0 ? 0 : Ends[row - 1], count = Ends[row] - start;
            if (count == 0)
                return;
            T* table = Table + ((long)row * Width);
            double* sums = Workspace.Rent<double>(Workspace.Purpose.Sums, PairwiseSums.Room(Width, count));
            PairwiseSums.Down<T, PlainTerm>(new SummedRows<T> { A = Rows, Stride = Width, Width = Width, Order = Order + start }, count, default, sums);
            Widened.Round(sums, 1, table, Width, accumulate: true);
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
