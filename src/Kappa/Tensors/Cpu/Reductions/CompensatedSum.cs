using System.Numerics;
using System.Runtime.CompilerServices;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Tensors.Cpu.Reductions;

/// <summary>
/// Sums of many matrices: what an addition rounds off is kept, and made up for in the next (Kahan, 1965), so that the error does not grow with their number.
/// </summary>
internal static unsafe class CompensatedSum
{
    /// <summary>Matrices that are added plainly before their sum is added so: few enough to lose little, many enough to cost next to nothing.</summary>
    internal const int PlainTerms = 64;

    /// <summary>sum += scale part, all [rows, columns], where lost holds what is to be made up for, zero at first.</summary>
    internal static void Add<T>(T* part, T scale, T* lost, T* sum, nint sumStride, int rows, int columns)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var job = new Job<T> { Part = part, Lost = lost, Sum = sum, Stride = sumStride, Scale = scale, Rows = rows, Columns = columns };
        job.RowsPerChunk = Math.Max(1, CpuBackend.ChunkLength / Math.Max(1, columns));
        WorkerPool.Run((rows + job.RowsPerChunk - 1) / job.RowsPerChunk, ref job);
    }

    private struct Job<T> : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        internal T* Part, Lost, Sum;
        internal nint Stride;
        internal T Scale;
        internal int Rows, Columns, RowsPerChunk;

        public readonly void Execute(int chunk)
        {
            for (int row = chunk * RowsPerChunk; row < Math.Min((chunk + 1) * RowsPerChunk, Rows); row++)
                Row(Part + ((nint)row * Columns), Lost + ((nint)row * Columns), Sum + (row * Stride));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Row(T* part, T* lost, T* sum)
        {
            int i = 0;
            var scales = new Vector<T>(Scale);
            for (; i <= Columns - Vector<T>.Count; i += Vector<T>.Count)
            {
                var before = Vector.Load(sum + i);
                var added = (Vector.Load(part + i) * scales) - Vector.Load(lost + i);
                var after = before + added;
                (after - before - added).Store(lost + i);
                after.Store(sum + i);
            }

            for (; i < Columns; i++)
            {
                T added = (part[i] * Scale) - lost[i];
                T after = sum[i] + added;
                lost[i] = after - sum[i] - added;
                sum[i] = after;
            }
        }
    }
}
