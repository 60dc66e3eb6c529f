using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kappa.Tensors.Cpu.Reductions;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Memory;

namespace Kappa.Tensors.Cpu.Products;

/// <summary>
/// The symmetric product of a matrix with its own transpose: the tiles of the matrix product that touch the lower triangle, then a copy to the upper,
/// so that the result is symmetric to the last bit. n^2 k flops, and up to n k (panel width) / 2 more along the diagonal.
/// </summary>
internal static unsafe class SymmetricRankUpdate
{
    /// <summary>The longest sum whose blocks are added plainly.</summary>
    private const int PlainDepth = CompensatedSum.PlainTerms * 256;

    /// <summary>C[n,n] = scale A A^T, or scale A^T A when <paramref name="transposed"/>; added to C when <paramref name="accumulate"/>.</summary>
    /// <param name="transposed">False: A is [n,k]; true: A is [k,n].</param>
    /// <param name="n">Rows and columns of C.</param>
    /// <param name="k">The length of the sums.</param>
    /// <param name="a">A.</param>
    /// <param name="lda">A's leading dimension in elements.</param>
    /// <param name="c">C: both triangles are written. With <paramref name="accumulate"/> it must be symmetric on entry.</param>
    /// <param name="ldc">C's leading dimension in elements.</param>
    /// <param name="scale">The factor on the product.</param>
    /// <param name="accumulate">Whether to add to C.</param>
    internal static void Compute(bool transposed, int n, int k, float* a, int lda, float* c, int ldc, float scale, bool accumulate) =>
        Run(transposed, n, k, a, lda, c, ldc, scale, accumulate);

    /// <inheritdoc cref="Compute(bool, int, int, float*, int, float*, int, float, bool)"/>
    internal static void Compute(bool transposed, int n, int k, double* a, int lda, double* c, int ldc, double scale, bool accumulate) =>
        Run(transposed, n, k, a, lda, c, ldc, scale, accumulate);

    private static void Run<T>(bool transposed, int n, int k, T* a, int lda, T* c, int ldc, T scale, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (n <= 0)
            return;
        // The tiles apply a factor only to what they add.
        bool clear = !accumulate && (k <= 0 || scale != T.One);
        for (int i = 0; clear && i < n; i++)
            new Span<T>(c + ((nint)i * ldc), n).Clear();
        if (k > PlainDepth)
            RunLong(transposed, n, k, a, lda, c, ldc, scale, accumulate || clear);
        else if (k > 0)
            SymmetricJob<T>.Run(transposed, n, k, a, lda, c, ldc, scale, accumulate || clear);
        var job = new MirrorJob<T> { C = c, Stride = ldc, Size = n };
        int chunks = (n + MirrorJob<T>.ChunkRows - 1) / MirrorJob<T>.ChunkRows;
        if (n >= 192)
        {
            WorkerPool.Run(chunks, ref job);
            return;
        }
        for (int chunk = 0; chunk < chunks; chunk++)
            job.Execute(chunk);
    }

    /// <summary>By parts of the sum, whose products are added without losing what rounding takes.</summary>
    private static void RunLong<T>(bool transposed, int n, int k, T* a, int lda, T* c, int ldc, T scale, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int parts = (k + PlainDepth - 1) / PlainDepth;
        int length = (((k + parts - 1) / parts) + 15) & ~15;
        using var room = Scratch<T>.Rent(checked(2 * n * n));
        // Zeros, because the tiles leave what lies above the diagonal.
        room.Span.Clear();
        T* part = (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(room.Span)), lost = part + ((nint)n * n);
        for (int step = 0; step < k; step += length)
        {
            T* from = a + ((nint)step * (transposed ? lda : 1));
            int depth = Math.Min(length, k - step);
            if (step == 0)
            {
                SymmetricJob<T>.Run(transposed, n, depth, from, lda, c, ldc, scale, accumulate);
                continue;
            }

            SymmetricJob<T>.Run(transposed, n, depth, from, lda, part, n, T.One, accumulate: false);
            CompensatedSum.Add(part, scale, lost, c, ldc, n, n);
        }
    }

    /// <summary>Copies the lower triangle to the upper.</summary>
    private struct MirrorJob<T> : IParallelJob
        where T : unmanaged
    {
        internal const int ChunkRows = 64;
        private const int Block = 16;

        internal T* C;
        internal nint Stride;
        internal int Size;

        public readonly void Execute(int chunk)
        {
            int end = Math.Min((chunk + 1) * ChunkRows, Size);
            for (int first = chunk * ChunkRows; first < end; first += Block)
            {
                int last = Math.Min(first + Block, end);
                // Left of the diagonal block whole blocks are transposed; in it, element by element.
                Transposition.Copy(C + (first * Stride), Stride, C + first, Stride, last - first, first);
                for (int i = first; i < last; i++)
                {
                    for (int j = first; j < i; j++)
                        C[(j * Stride) + i] = C[(i * Stride) + j];
                }
            }
        }
    }
}
