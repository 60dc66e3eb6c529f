using System.Numerics;
using System.Runtime.CompilerServices;
using Kappa.Tensors.Cpu.Rows;

namespace Kappa.Tensors.Cpu;

/// <content>Sums up to each element.</content>
internal sealed unsafe partial class CpuBackend
{
    internal override void CumulativeSum(Tensor x, int outer, int length, int inner, bool reverse, Tensor result)
    {
        if (result.DataType == DataType.Float32)
            CumulativeSum<float>(x, outer, length, inner, reverse, result);
        else
            CumulativeSum<double>(x, outer, length, inner, reverse, result);
    }

    private static void CumulativeSum<T>(Tensor x, int outer, int length, int inner, bool reverse, Tensor result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var rows = new CumulativeRows<T> { X = x.Pointer<T>(), Result = result.Pointer<T>(), Length = length, Inner = inner, Reverse = reverse };
        RunRows(rows, outer * inner, length);
    }

    /// <summary>A row is one entry of the outer and the inner axis. What an addition rounds off is kept, and made up for in the next (Kahan, 1965).</summary>
    private struct CumulativeRows<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* X, Result;
        internal int Length, Inner;
        internal bool Reverse;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Execute(int row)
        {
            int outer = Math.DivRem(row, Inner, out int column);
            long first = ((long)outer * Length * Inner) + column, step = Inner;
            if (Reverse)
                (first, step) = (first + ((Length - 1L) * Inner), -step);
            double sum = 0, lost = 0;
            for (int i = 0; i < Length; i++, first += step)
            {
                double added = double.CreateTruncating(X[first]) - lost;
                double after = sum + added;
                lost = double.IsFinite(after) ? after - sum - added : 0;
                sum = after;
                Result[first] = T.CreateTruncating(sum);
            }
        }
    }
}
