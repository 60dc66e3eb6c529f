using System.Runtime.CompilerServices;
using Kappa.Tensors.Cpu.Rows;

namespace Kappa.Tensors.Cpu;

/// <content>Copies in another order.</content>
internal sealed unsafe partial class CpuBackend
{
    internal override void CopyStrided(Tensor x, ReadOnlySpan<int> strides, Tensor result)
    {
        if (result.Count == 0)
            return;
        if (IsTranspose(result.Shape, strides, out int batch))
            Transpose(x, batch, result.Shape[-1], result.Shape[-2], result);
        else if (x.DataType.SizeOf() == 4)
            CopyStrided<int>(x, strides, result);
        else
            CopyStrided<long>(x, strides, result);
    }

    /// <summary>Whether the last two axes are exchanged and all others stay.</summary>
    private static bool IsTranspose(Shape shape, ReadOnlySpan<int> strides, out int batch)
    {
        batch = 0;
        if (shape.Rank < 2 || strides[^2] != 1 || strides[^1] != shape[-2])
            return false;
        long inner = (long)shape[-1] * shape[-2];
        batch = (int)(shape.Count / inner);
        for (int axis = shape.Rank - 3; axis >= 0; axis--)
        {
            if (strides[axis] != inner)
                return false;
            inner *= shape[axis];
        }

        return true;
    }

    private static void CopyStrided<T>(Tensor x, ReadOnlySpan<int> strides, Tensor result)
        where T : unmanaged
    {
        int length = result.Rank == 0 ? 1 : result.Shape[-1];
        var rows = new StridedRows<T>
        {
            From = (T*)x.Pointer<byte>(), To = (T*)result.Pointer<byte>(), Shape = result.Shape, Strides = strides.ToArray(), Length = length,
            Stride = result.Rank == 0 ? 1 : strides[^1],
        };
        RunRows(rows, result.Count / length, length);
    }

    /// <summary>A row is one run along the last axis of the result.</summary>
    private struct StridedRows<T> : IRowFunction
        where T : unmanaged
    {
        internal T* From, To;
        internal Shape Shape;
        internal int[] Strides;
        internal int Length, Stride;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Execute(int row)
        {
            long start = 0;
            for (int axis = Shape.Rank - 2, rest = row; axis >= 0; axis--)
            {
                (rest, int index) = Math.DivRem(rest, Shape[axis]);
                start += (long)index * Strides[axis];
            }

            T* from = From + start, to = To + ((long)row * Length);
            if (Stride == 1)
            {
                new ReadOnlySpan<T>(from, Length).CopyTo(new Span<T>(to, Length));
            }
            else if (Stride == 0)
            {
                new Span<T>(to, Length).Fill(*from);
            }
            else
            {
                for (int i = 0; i < Length; i++)
                    to[i] = from[(long)i * Stride];
            }
        }
    }
}
