using System.Numerics;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Tensors.Cpu.Products;

/// <summary>
/// The choice between C = op(A) op(B) and C^T = op(B)^T op(A)^T. The second packs A instead of B when both lie along k, as in a layer's x W^T with more
/// outputs than examples, and fills whole vectors when C is narrower than one. Both sum in the same order, so the bits are the same.
/// </summary>
internal static unsafe class TransposedProduct
{
    /// <summary>Whether the transposed way takes less time, by a count of cycles measured for the parts.</summary>
    internal static bool IsCheaper<T>(bool transposeA, bool transposeB, int m, int n, int k)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int lanes = KernelTable<T>.Selected.Lanes;
        if ((!transposeB && n > lanes) || m < 16 || k < 16)
            return false;
        float direct = Cycles(m, n, lanes, transposeB);
        float swapped = Cycles(n, m, lanes, !transposeA) + (0.5f * m * n / k);
        return swapped < 0.97f * direct;
    }

    /// <summary>destination = source^T, where source is [rows, columns].</summary>
    internal static void Copy<T>(T* source, int sourceStride, T* destination, int destinationStride, int rows, int columns)
        where T : unmanaged
    {
        if ((long)rows * columns < 32_768)
        {
            Transposition.Copy(source, sourceStride, destination, destinationStride, rows, columns);
            return;
        }
        var job = new CopyJob<T>
        {
            Source = source,
            Destination = destination,
            SourceStride = sourceStride,
            DestinationStride = destinationStride,
            Rows = rows,
            Columns = columns,
        };
        WorkerPool.Run((rows + CopyJob<T>.ChunkRows - 1) / CopyJob<T>.ChunkRows, ref job);
    }

    /// <summary>Cycles for a step of k: 32 multiply-adds each, a fifth fewer in tiles of a single vector, and the packing of a transposed B.</summary>
    private static float Cycles(int m, int n, int lanes, bool transposeB)
    {
        float padded = (n + lanes - 1) & -lanes;
        return (m * padded * (n <= lanes ? 1.25f : 1f) / (2 * lanes)) + (transposeB ? 0.2f * n : 0);
    }

    private struct CopyJob<T> : IParallelJob
        where T : unmanaged
    {
        internal const int ChunkRows = 64;

        internal T* Source, Destination;
        internal nint SourceStride, DestinationStride;
        internal int Rows, Columns;

        public readonly void Execute(int chunk)
        {
            int row = chunk * ChunkRows;
            Transposition.Copy(
                Source + (row * SourceStride), SourceStride, Destination + row, DestinationStride, Math.Min(ChunkRows, Rows - row), Columns);
        }
    }
}
