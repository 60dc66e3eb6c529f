using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Kappa.Tensors.Cpu.Vectors;

namespace Kappa.Tensors.Cpu.Products;

/// <summary>
/// The innermost kernel: a tile of C, <typeparamref name="TRows"/> rows by <typeparamref name="TVectors"/> (1 or 2) vectors, is held in registers while it
/// sums over k. Each element is one chain of fused multiply-adds in the order of k, whatever the tile, so the result does not
/// depend on how C is cut into tiles.
/// </summary>
/// <remarks>
/// <para>12 rows by 2 vectors with 512-bit vectors: 24 sums, 2 elements of B and 1 of A fill 27 of the 32 registers. Per step of k it issues 24
/// multiply-adds, 14 loads and 2 prefetches, which leaves the load ports of both Intel (2 loads and 2 multiply-adds a cycle) and Zen 4 (1 and
/// 1) idle a third of the time or more. Narrower vectors have 16 registers: 6 rows by 2 vectors.</para>
/// <para>Measured on one Emerald Rapids core with a peak of 190 GF/s, best of 60, A direct, B direct with a stride of 512, k = 784 and 512:
/// 12x32 174 and 189; 10x32 161 and 180; 8x32 148 and 170; without the prefetch of B eight steps ahead 12x32 falls to 109 and 152, because the hardware
/// does not prefetch a stride that leaves the page every other step. With B packed all of them reach 185 to 193.</para>
/// <para>The method must stay a leaf: one call in it, and the compiler spills every sum inside the loop.</para>
/// </remarks>
internal static unsafe class ProductTile<TVector, T, TLanes, TRows, TVectors, TEdge>
    where TVector : struct
    where T : unmanaged
    where TLanes : IVectorLanes<TVector, T>
    where TRows : IConstant
    where TVectors : IConstant
    where TEdge : IConstant
{
    /// <summary>Computes the tile. <see cref="TileArguments{T}.Depth"/> is at least 1. <typeparamref name="TEdge"/> 1 masks the last vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(TileArguments<T>* arguments)
    {
        T* a = arguments->A;
        T* b = arguments->B;
        nint rowStride = arguments->ARowStride;
        nint aStep = arguments->AStep;
        nint bStep = arguments->BStep;
        nint depth = arguments->Depth;
        nint row2 = rowStride * 2, row3 = rowStride * 3, row4 = rowStride * 4, row5 = rowStride * 5;
        T* lower = a + (rowStride * 6);
        TVector mask = TEdge.Value == 1 ? TLanes.Mask(arguments->EdgeCount) : default;
        if (Sse.IsSupported && depth >= 96)
        {
            // C is usually out of the near caches by now, and a dozen rows of it would miss at once when the sums are done.
            byte* next = (byte*)arguments->C;
            nint bytes = arguments->CRowStride * sizeof(T);
            for (int row = 0; row < TRows.Value; row++)
            {
                Sse.Prefetch0(next);
                Sse.Prefetch0(next + ((TVectors.Value * TLanes.Count * sizeof(T)) - 1));
                next += bytes;
            }
        }
        TVector s0A = default, s0B = default;
        TVector s1A = default, s1B = default;
        TVector s2A = default, s2B = default;
        TVector s3A = default, s3B = default;
        TVector s4A = default, s4B = default;
        TVector s5A = default, s5B = default;
        TVector s6A = default, s6B = default;
        TVector s7A = default, s7B = default;
        TVector s8A = default, s8B = default;
        TVector s9A = default, s9B = default;
        TVector s10A = default, s10B = default;
        TVector s11A = default, s11B = default;
        do
        {
            TVector bA = TEdge.Value == 1 && TVectors.Value == 1 ? TLanes.LoadMasked(b, mask) : TLanes.Load(b);
            TVector bB = default;
            if (TVectors.Value == 2)
                bB = TEdge.Value == 1 ? TLanes.LoadMasked(b + TLanes.Count, mask) : TLanes.Load(b + TLanes.Count);
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(b + (8 * bStep));
                if (TVectors.Value == 2)
                    Sse.Prefetch0(b + (8 * bStep) + TLanes.Count);
            }
            if (TRows.Value > 0)
            {
                TVector x = TLanes.Broadcast(*a);
                s0A = TLanes.MultiplyAdd(x, bA, s0A);
                if (TVectors.Value == 2)
                    s0B = TLanes.MultiplyAdd(x, bB, s0B);
            }
            if (TRows.Value > 1)
            {
                TVector x = TLanes.Broadcast(a[rowStride]);
                s1A = TLanes.MultiplyAdd(x, bA, s1A);
                if (TVectors.Value == 2)
                    s1B = TLanes.MultiplyAdd(x, bB, s1B);
            }
            if (TRows.Value > 2)
            {
                TVector x = TLanes.Broadcast(a[row2]);
                s2A = TLanes.MultiplyAdd(x, bA, s2A);
                if (TVectors.Value == 2)
                    s2B = TLanes.MultiplyAdd(x, bB, s2B);
            }
            if (TRows.Value > 3)
            {
                TVector x = TLanes.Broadcast(a[row3]);
                s3A = TLanes.MultiplyAdd(x, bA, s3A);
                if (TVectors.Value == 2)
                    s3B = TLanes.MultiplyAdd(x, bB, s3B);
            }
            if (TRows.Value > 4)
            {
                TVector x = TLanes.Broadcast(a[row4]);
                s4A = TLanes.MultiplyAdd(x, bA, s4A);
                if (TVectors.Value == 2)
                    s4B = TLanes.MultiplyAdd(x, bB, s4B);
            }
            if (TRows.Value > 5)
            {
                TVector x = TLanes.Broadcast(a[row5]);
                s5A = TLanes.MultiplyAdd(x, bA, s5A);
                if (TVectors.Value == 2)
                    s5B = TLanes.MultiplyAdd(x, bB, s5B);
            }
            if (TRows.Value > 6)
            {
                TVector x = TLanes.Broadcast(*lower);
                s6A = TLanes.MultiplyAdd(x, bA, s6A);
                if (TVectors.Value == 2)
                    s6B = TLanes.MultiplyAdd(x, bB, s6B);
            }
            if (TRows.Value > 7)
            {
                TVector x = TLanes.Broadcast(lower[rowStride]);
                s7A = TLanes.MultiplyAdd(x, bA, s7A);
                if (TVectors.Value == 2)
                    s7B = TLanes.MultiplyAdd(x, bB, s7B);
            }
            if (TRows.Value > 8)
            {
                TVector x = TLanes.Broadcast(lower[row2]);
                s8A = TLanes.MultiplyAdd(x, bA, s8A);
                if (TVectors.Value == 2)
                    s8B = TLanes.MultiplyAdd(x, bB, s8B);
            }
            if (TRows.Value > 9)
            {
                TVector x = TLanes.Broadcast(lower[row3]);
                s9A = TLanes.MultiplyAdd(x, bA, s9A);
                if (TVectors.Value == 2)
                    s9B = TLanes.MultiplyAdd(x, bB, s9B);
            }
            if (TRows.Value > 10)
            {
                TVector x = TLanes.Broadcast(lower[row4]);
                s10A = TLanes.MultiplyAdd(x, bA, s10A);
                if (TVectors.Value == 2)
                    s10B = TLanes.MultiplyAdd(x, bB, s10B);
            }
            if (TRows.Value > 11)
            {
                TVector x = TLanes.Broadcast(lower[row5]);
                s11A = TLanes.MultiplyAdd(x, bA, s11A);
                if (TVectors.Value == 2)
                    s11B = TLanes.MultiplyAdd(x, bB, s11B);
            }
            a += aStep;
            lower += aStep;
            b += bStep;
        }
        while (--depth > 0);
        T* c = arguments->C;
        nint ldc = arguments->CRowStride;
        if (arguments->Accumulate)
        {
            TVector scale = TLanes.Broadcast(arguments->Scale);
            if (TRows.Value > 0)
                Add(c, s0A, s0B, scale, mask);
            if (TRows.Value > 1)
                Add(c + ldc, s1A, s1B, scale, mask);
            if (TRows.Value > 2)
                Add(c + (2 * ldc), s2A, s2B, scale, mask);
            if (TRows.Value > 3)
                Add(c + (3 * ldc), s3A, s3B, scale, mask);
            if (TRows.Value > 4)
                Add(c + (4 * ldc), s4A, s4B, scale, mask);
            if (TRows.Value > 5)
                Add(c + (5 * ldc), s5A, s5B, scale, mask);
            if (TRows.Value > 6)
                Add(c + (6 * ldc), s6A, s6B, scale, mask);
            if (TRows.Value > 7)
                Add(c + (7 * ldc), s7A, s7B, scale, mask);
            if (TRows.Value > 8)
                Add(c + (8 * ldc), s8A, s8B, scale, mask);
            if (TRows.Value > 9)
                Add(c + (9 * ldc), s9A, s9B, scale, mask);
            if (TRows.Value > 10)
                Add(c + (10 * ldc), s10A, s10B, scale, mask);
            if (TRows.Value > 11)
                Add(c + (11 * ldc), s11A, s11B, scale, mask);
            return;
        }
        if (TRows.Value > 0)
            Write(c, s0A, s0B, mask);
        if (TRows.Value > 1)
            Write(c + ldc, s1A, s1B, mask);
        if (TRows.Value > 2)
            Write(c + (2 * ldc), s2A, s2B, mask);
        if (TRows.Value > 3)
            Write(c + (3 * ldc), s3A, s3B, mask);
        if (TRows.Value > 4)
            Write(c + (4 * ldc), s4A, s4B, mask);
        if (TRows.Value > 5)
            Write(c + (5 * ldc), s5A, s5B, mask);
        if (TRows.Value > 6)
            Write(c + (6 * ldc), s6A, s6B, mask);
        if (TRows.Value > 7)
            Write(c + (7 * ldc), s7A, s7B, mask);
        if (TRows.Value > 8)
            Write(c + (8 * ldc), s8A, s8B, mask);
        if (TRows.Value > 9)
            Write(c + (9 * ldc), s9A, s9B, mask);
        if (TRows.Value > 10)
            Write(c + (10 * ldc), s10A, s10B, mask);
        if (TRows.Value > 11)
            Write(c + (11 * ldc), s11A, s11B, mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(T* c, TVector first, TVector second, TVector scale, TVector mask)
    {
        if (TEdge.Value == 1 && TVectors.Value == 1)
            TLanes.StoreMasked(TLanes.MultiplyAdd(scale, first, TLanes.LoadMasked(c, mask)), c, mask);
        else
            TLanes.Store(TLanes.MultiplyAdd(scale, first, TLanes.Load(c)), c);
        if (TVectors.Value != 2)
            return;
        c += TLanes.Count;
        if (TEdge.Value == 1)
            TLanes.StoreMasked(TLanes.MultiplyAdd(scale, second, TLanes.LoadMasked(c, mask)), c, mask);
        else
            TLanes.Store(TLanes.MultiplyAdd(scale, second, TLanes.Load(c)), c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(T* c, TVector first, TVector second, TVector mask)
    {
        if (TEdge.Value == 1 && TVectors.Value == 1)
            TLanes.StoreMasked(first, c, mask);
        else
            TLanes.Store(first, c);
        if (TVectors.Value != 2)
            return;
        if (TEdge.Value == 1)
            TLanes.StoreMasked(second, c + TLanes.Count, mask);
        else
            TLanes.Store(second, c + TLanes.Count);
    }
}
