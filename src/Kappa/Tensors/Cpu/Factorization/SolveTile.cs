using System.Numerics;
using System.Runtime.CompilerServices;
using Kappa.Tensors.Cpu.Products;
using Kappa.Tensors.Cpu.Vectors;

namespace Kappa.Tensors.Cpu.Factorization;

/// <summary>
/// Forward substitution on a tile held in registers: C becomes L^-1 C, for the lower triangular L of <typeparamref name="TRows"/> rows at
/// <see cref="TileArguments{T}.A"/>. Like <see cref="ProductTile{TVector, T, TLanes, TRows, TVectors, TEdge}"/> it must stay a leaf.
/// </summary>
internal static unsafe class SolveTile<TVector, T, TLanes, TRows, TVectors>
    where TVector : struct
    where T : unmanaged, IFloatingPointIeee754<T>
    where TLanes : IVectorLanes<TVector, T>
    where TRows : IConstant
    where TVectors : IConstant
{
    /// <summary>Solves for the tile in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(TileArguments<T>* arguments)
    {
        T* l = arguments->A;
        nint row = arguments->ARowStride;
        nint column = arguments->AStep;
        T* c = arguments->C;
        nint ldc = arguments->CRowStride;
        TVector x0A = default, x0B = default;
        TVector x1A = default, x1B = default;
        TVector x2A = default, x2B = default;
        TVector x3A = default, x3B = default;
        TVector x4A = default, x4B = default;
        TVector x5A = default, x5B = default;
        TVector x6A = default, x6B = default;
        TVector x7A = default, x7B = default;
        if (TRows.Value > 0)
        {
            x0A = TLanes.Load(c);
            if (TVectors.Value == 2)
                x0B = TLanes.Load(c + TLanes.Count);
        }
        if (TRows.Value > 1)
        {
            x1A = TLanes.Load(c + (1 * ldc));
            if (TVectors.Value == 2)
                x1B = TLanes.Load(c + (1 * ldc) + TLanes.Count);
        }
        if (TRows.Value > 2)
        {
            x2A = TLanes.Load(c + (2 * ldc));
            if (TVectors.Value == 2)
                x2B = TLanes.Load(c + (2 * ldc) + TLanes.Count);
        }
        if (TRows.Value > 3)
        {
            x3A = TLanes.Load(c + (3 * ldc));
            if (TVectors.Value == 2)
                x3B = TLanes.Load(c + (3 * ldc) + TLanes.Count);
        }
        if (TRows.Value > 4)
        {
            x4A = TLanes.Load(c + (4 * ldc));
            if (TVectors.Value == 2)
                x4B = TLanes.Load(c + (4 * ldc) + TLanes.Count);
        }
        if (TRows.Value > 5)
        {
            x5A = TLanes.Load(c + (5 * ldc));
            if (TVectors.Value == 2)
                x5B = TLanes.Load(c + (5 * ldc) + TLanes.Count);
        }
        if (TRows.Value > 6)
        {
            x6A = TLanes.Load(c + (6 * ldc));
            if (TVectors.Value == 2)
                x6B = TLanes.Load(c + (6 * ldc) + TLanes.Count);
        }
        if (TRows.Value > 7)
        {
            x7A = TLanes.Load(c + (7 * ldc));
            if (TVectors.Value == 2)
                x7B = TLanes.Load(c + (7 * ldc) + TLanes.Count);
        }
        if (TRows.Value > 0)
        {
            TVector inverse = TLanes.Broadcast(T.One / *l);
            x0A = TLanes.Multiply(x0A, inverse);
            TLanes.Store(x0A, c);
            if (TVectors.Value == 2)
            {
                x0B = TLanes.Multiply(x0B, inverse);
                TLanes.Store(x0B, c + TLanes.Count);
            }
            T* below = l + row;
            if (TRows.Value > 1)
            {
                TVector factor = TLanes.Broadcast(*below);
                x1A = TLanes.NegatedMultiplyAdd(factor, x0A, x1A);
                if (TVectors.Value == 2)
                    x1B = TLanes.NegatedMultiplyAdd(factor, x0B, x1B);
            }
            below += row;
            if (TRows.Value > 2)
            {
                TVector factor = TLanes.Broadcast(*below);
                x2A = TLanes.NegatedMultiplyAdd(factor, x0A, x2A);
                if (TVectors.Value == 2)
                    x2B = TLanes.NegatedMultiplyAdd(factor, x0B, x2B);
            }
            below += row;
            if (TRows.Value > 3)
            {
                TVector factor = TLanes.Broadcast(*below);
                x3A = TLanes.NegatedMultiplyAdd(factor, x0A, x3A);
                if (TVectors.Value == 2)
                    x3B = TLanes.NegatedMultiplyAdd(factor, x0B, x3B);
            }
            below += row;
            if (TRows.Value > 4)
            {
                TVector factor = TLanes.Broadcast(*below);
                x4A = TLanes.NegatedMultiplyAdd(factor, x0A, x4A);
                if (TVectors.Value == 2)
                    x4B = TLanes.NegatedMultiplyAdd(factor, x0B, x4B);
            }
            below += row;
            if (TRows.Value > 5)
            {
                TVector factor = TLanes.Broadcast(*below);
                x5A = TLanes.NegatedMultiplyAdd(factor, x0A, x5A);
                if (TVectors.Value == 2)
                    x5B = TLanes.NegatedMultiplyAdd(factor, x0B, x5B);
            }
            below += row;
            if (TRows.Value > 6)
            {
                TVector factor = TLanes.Broadcast(*below);
                x6A = TLanes.NegatedMultiplyAdd(factor, x0A, x6A);
                if (TVectors.Value == 2)
                    x6B = TLanes.NegatedMultiplyAdd(factor, x0B, x6B);
            }
            below += row;
            if (TRows.Value > 7)
            {
                TVector factor = TLanes.Broadcast(*below);
                x7A = TLanes.NegatedMultiplyAdd(factor, x0A, x7A);
                if (TVectors.Value == 2)
                    x7B = TLanes.NegatedMultiplyAdd(factor, x0B, x7B);
            }
            l += row + column;
        }
        if (TRows.Value > 1)
        {
            TVector inverse = TLanes.Broadcast(T.One / *l);
            x1A = TLanes.Multiply(x1A, inverse);
            TLanes.Store(x1A, c + (1 * ldc));
            if (TVectors.Value == 2)
            {
                x1B = TLanes.Multiply(x1B, inverse);
                TLanes.Store(x1B, c + (1 * ldc) + TLanes.Count);
            }
            T* below = l + row;
            if (TRows.Value > 2)
            {
                TVector factor = TLanes.Broadcast(*below);
                x2A = TLanes.NegatedMultiplyAdd(factor, x1A, x2A);
                if (TVectors.Value == 2)
                    x2B = TLanes.NegatedMultiplyAdd(factor, x1B, x2B);
            }
            below += row;
            if (TRows.Value > 3)
            {
                TVector factor = TLanes.Broadcast(*below);
                x3A = TLanes.NegatedMultiplyAdd(factor, x1A, x3A);
                if (TVectors.Value == 2)
                    x3B = TLanes.NegatedMultiplyAdd(factor, x1B, x3B);
            }
            below += row;
            if (TRows.Value > 4)
            {
                TVector factor = TLanes.Broadcast(*below);
                x4A = TLanes.NegatedMultiplyAdd(factor, x1A, x4A);
                if (TVectors.Value == 2)
                    x4B = TLanes.NegatedMultiplyAdd(factor, x1B, x4B);
            }
            below += row;
            if (TRows.Value > 5)
            {
                TVector factor = TLanes.Broadcast(*below);
                x5A = TLanes.NegatedMultiplyAdd(factor, x1A, x5A);
                if (TVectors.Value == 2)
                    x5B = TLanes.NegatedMultiplyAdd(factor, x1B, x5B);
            }
            below += row;
            if (TRows.Value > 6)
            {
                TVector factor = TLanes.Broadcast(*below);
                x6A = TLanes.NegatedMultiplyAdd(factor, x1A, x6A);
                if (TVectors.Value == 2)
                    x6B = TLanes.NegatedMultiplyAdd(factor, x1B, x6B);
            }
            below += row;
            if (TRows.Value > 7)
            {
                TVector factor = TLanes.Broadcast(*below);
                x7A = TLanes.NegatedMultiplyAdd(factor, x1A, x7A);
                if (TVectors.Value == 2)
                    x7B = TLanes.NegatedMultiplyAdd(factor, x1B, x7B);
            }
            l += row + column;
        }
        if (TRows.Value > 2)
        {
            TVector inverse = TLanes.Broadcast(T.One / *l);
            x2A = TLanes.Multiply(x2A, inverse);
            TLanes.Store(x2A, c + (2 * ldc));
            if (TVectors.Value == 2)
            {
                x2B = TLanes.Multiply(x2B, inverse);
                TLanes.Store(x2B, c + (2 * ldc) + TLanes.Count);
            }
            T* below = l + row;
            if (TRows.Value > 3)
            {
                TVector factor = TLanes.Broadcast(*below);
                x3A = TLanes.NegatedMultiplyAdd(factor, x2A, x3A);
                if (TVectors.Value == 2)
                    x3B = TLanes.NegatedMultiplyAdd(factor, x2B, x3B);
            }
            below += row;
            if (TRows.Value > 4)
            {
                TVector factor = TLanes.Broadcast(*below);
                x4A = TLanes.NegatedMultiplyAdd(factor, x2A, x4A);
                if (TVectors.Value == 2)
                    x4B = TLanes.NegatedMultiplyAdd(factor, x2B, x4B);
            }
            below += row;
            if (TRows.Value > 5)
            {
                TVector factor = TLanes.Broadcast(*below);
                x5A = TLanes.NegatedMultiplyAdd(factor, x2A, x5A);
                if (TVectors.Value == 2)
                    x5B = TLanes.NegatedMultiplyAdd(factor, x2B, x5B);
            }
            below += row;
            if (TRows.Value > 6)
            {
                TVector factor = TLanes.Broadcast(*below);
                x6A = TLanes.NegatedMultiplyAdd(factor, x2A, x6A);
                if (TVectors.Value == 2)
                    x6B = TLanes.NegatedMultiplyAdd(factor, x2B, x6B);
            }
            below += row;
            if (TRows.Value > 7)
            {
                TVector factor = TLanes.Broadcast(*below);
                x7A = TLanes.NegatedMultiplyAdd(factor, x2A, x7A);
                if (TVectors.Value == 2)
                    x7B = TLanes.NegatedMultiplyAdd(factor, x2B, x7B);
            }
            l += row + column;
        }
        if (TRows.Value > 3)
        {
            TVector inverse = TLanes.Broadcast(T.One / *l);
            x3A = TLanes.Multiply(x3A, inverse);
            TLanes.Store(x3A, c + (3 * ldc));
            if (TVectors.Value == 2)
            {
                x3B = TLanes.Multiply(x3B, inverse);
                TLanes.Store(x3B, c + (3 * ldc) + TLanes.Count);
            }
            T* below = l + row;
            if (TRows.Value > 4)
            {
                TVector factor = TLanes.Broadcast(*below);
                x4A = TLanes.NegatedMultiplyAdd(factor, x3A, x4A);
                if (TVectors.Value == 2)
                    x4B = TLanes.NegatedMultiplyAdd(factor, x3B, x4B);
            }
            below += row;
            if (TRows.Value > 5)
            {
                TVector factor = TLanes.Broadcast(*below);
                x5A = TLanes.NegatedMultiplyAdd(factor, x3A, x5A);
                if (TVectors.Value == 2)
                    x5B = TLanes.NegatedMultiplyAdd(factor, x3B, x5B);
            }
            below += row;
            if (TRows.Value > 6)
            {
                TVector factor = TLanes.Broadcast(*below);
                x6A = TLanes.NegatedMultiplyAdd(factor, x3A, x6A);
                if (TVectors.Value == 2)
                    x6B = TLanes.NegatedMultiplyAdd(factor, x3B, x6B);
            }
            below += row;
            if (TRows.Value > 7)
            {
                TVector factor = TLanes.Broadcast(*below);
                x7A = TLanes.NegatedMultiplyAdd(factor, x3A, x7A);
                if (TVectors.Value == 2)
                    x7B = TLanes.NegatedMultiplyAdd(factor, x3B, x7B);
            }
            l += row + column;
        }
        if (TRows.Value > 4)
        {
            TVector inverse = TLanes.Broadcast(T.One / *l);
            x4A = TLanes.Multiply(x4A, inverse);
            TLanes.Store(x4A, c + (4 * ldc));
            if (TVectors.Value == 2)
            {
                x4B = TLanes.Multiply(x4B, inverse);
                TLanes.Store(x4B, c + (4 * ldc) + TLanes.Count);
            }
            T* below = l + row;
            if (TRows.Value > 5)
            {
                TVector factor = TLanes.Broadcast(*below);
                x5A = TLanes.NegatedMultiplyAdd(factor, x4A, x5A);
                if (TVectors.Value == 2)
                    x5B = TLanes.NegatedMultiplyAdd(factor, x4B, x5B);
            }
            below += row;
            if (TRows.Value > 6)
            {
                TVector factor = TLanes.Broadcast(*below);
                x6A = TLanes.NegatedMultiplyAdd(factor, x4A, x6A);
                if (TVectors.Value == 2)
                    x6B = TLanes.NegatedMultiplyAdd(factor, x4B, x6B);
            }
            below += row;
            if (TRows.Value > 7)
            {
                TVector factor = TLanes.Broadcast(*below);
                x7A = TLanes.NegatedMultiplyAdd(factor, x4A, x7A);
                if (TVectors.Value == 2)
                    x7B = TLanes.NegatedMultiplyAdd(factor, x4B, x7B);
            }
            l += row + column;
        }
        if (TRows.Value > 5)
        {
            TVector inverse = TLanes.Broadcast(T.One / *l);
            x5A = TLanes.Multiply(x5A, inverse);
            TLanes.Store(x5A, c + (5 * ldc));
            if (TVectors.Value == 2)
            {
                x5B = TLanes.Multiply(x5B, inverse);
                TLanes.Store(x5B, c + (5 * ldc) + TLanes.Count);
            }
            T* below = l + row;
            if (TRows.Value > 6)
            {
                TVector factor = TLanes.Broadcast(*below);
                x6A = TLanes.NegatedMultiplyAdd(factor, x5A, x6A);
                if (TVectors.Value == 2)
                    x6B = TLanes.NegatedMultiplyAdd(factor, x5B, x6B);
            }
            below += row;
            if (TRows.Value > 7)
            {
                TVector factor = TLanes.Broadcast(*below);
                x7A = TLanes.NegatedMultiplyAdd(factor, x5A, x7A);
                if (TVectors.Value == 2)
                    x7B = TLanes.NegatedMultiplyAdd(factor, x5B, x7B);
            }
            l += row + column;
        }
        if (TRows.Value > 6)
        {
            TVector inverse = TLanes.Broadcast(T.One / *l);
            x6A = TLanes.Multiply(x6A, inverse);
            TLanes.Store(x6A, c + (6 * ldc));
            if (TVectors.Value == 2)
            {
                x6B = TLanes.Multiply(x6B, inverse);
                TLanes.Store(x6B, c + (6 * ldc) + TLanes.Count);
            }
            T* below = l + row;
            if (TRows.Value > 7)
            {
                TVector factor = TLanes.Broadcast(*below);
                x7A = TLanes.NegatedMultiplyAdd(factor, x6A, x7A);
                if (TVectors.Value == 2)
                    x7B = TLanes.NegatedMultiplyAdd(factor, x6B, x7B);
            }
            l += row + column;
        }
        if (TRows.Value > 7)
        {
            TVector inverse = TLanes.Broadcast(T.One / *l);
            x7A = TLanes.Multiply(x7A, inverse);
            TLanes.Store(x7A, c + (7 * ldc));
            if (TVectors.Value == 2)
            {
                x7B = TLanes.Multiply(x7B, inverse);
                TLanes.Store(x7B, c + (7 * ldc) + TLanes.Count);
            }
        }
    }
}
