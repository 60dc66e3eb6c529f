using System.Numerics;
using System.Runtime.CompilerServices;
using Kappa.Tensors.Cpu.Products;

namespace Kappa.Tensors.Cpu.Factorization;

/// <summary>The Cholesky factorisation of a symmetric positive definite matrix.</summary>
/// <remarks>
/// Recursive by halves (n^3/3 flops): all but the leaves' part runs in the triangular solve and the symmetric product. Leaves of 32 keep the
/// calls few and their own part of the flops below n 32^2 / 3.
/// </remarks>
internal static unsafe class Cholesky
{
    private const int LeafSize = 32;

    /// <summary>Replaces the lower triangle of A by L with A = L L^T. The strict upper triangle is not read, and is zeroed.</summary>
    /// <param name="n">Rows and columns of A.</param>
    /// <param name="a">A, [n,n].</param>
    /// <param name="lda">A's leading dimension in elements.</param>
    /// <returns>-1, or the index of the first pivot that is not a positive finite number; A is then partly overwritten.</returns>
    internal static int Factor(int n, float* a, int lda) => Run(n, a, lda);

    /// <inheritdoc cref="Factor(int, float*, int)"/>
    internal static int Factor(int n, double* a, int lda) => Run(n, a, lda);

    private static int Run<T>(int n, T* a, int lda)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int bad = Recurse(n, a, lda);
        for (int i = 0; bad < 0 && i < n; i++)
            new Span<T>(a + ((nint)i * lda) + i + 1, n - i - 1).Clear();
        return bad;
    }

    /// <summary>Factors the first half, solves for the rows below it, takes their product off the second half, and factors that.</summary>
    private static int Recurse<T>(int n, T* a, int lda)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (n <= LeafSize)
            return FactorLeaf(n, a, lda);
        int first = ((n / 2) + LeafSize - 1) / LeafSize * LeafSize;
        first = first < n ? first : LeafSize;
        int second = n - first;
        int bad = Recurse(first, a, lda);
        if (bad >= 0)
            return bad;
        T* below = a + ((nint)first * lda);
        StripSolver<T>.Solve(right: true, Substitution.Forward, first, second, a, lda, below, lda, below, lda);
        SymmetricJob<T>.Run(transposed: false, second, first, below, lda, below + first, lda, -T.One, accumulate: true);
        bad = Recurse(second, below + first, lda);
        return bad < 0 ? -1 : first + bad;
    }

    /// <summary>
    /// Column by column on a copy of full rows. The update of the rows below runs over whole rows, past the diagonal, because a loop of fixed length is
    /// faster than one of half of it; what it leaves above the diagonal is not copied back.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int FactorLeaf<T>(int n, T* a, int lda)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* tile = stackalloc T[LeafSize * LeafSize];
        T* column = stackalloc T[LeafSize];
        new Span<T>(tile, LeafSize * LeafSize).Clear();
        new Span<T>(column, LeafSize).Clear();
        for (int i = 0; i < n; i++)
            new ReadOnlySpan<T>(a + ((nint)i * lda), i + 1).CopyTo(new Span<T>(tile + (i * LeafSize), i + 1));
        int lanes = Vector<T>.Count;
        for (int j = 0; j < n; j++)
        {
            T pivot = tile[(j * LeafSize) + j];
            if (!(pivot > T.Zero) || !T.IsFinite(pivot))
                return j;
            T root = T.Sqrt(pivot);
            T inverse = T.One / root;
            tile[(j * LeafSize) + j] = root;
            for (int i = j + 1; i < n; i++)
            {
                T value = tile[(i * LeafSize) + j] * inverse;
                tile[(i * LeafSize) + j] = value;
                column[i] = value;
            }
            int start = (j + 1) / lanes * lanes;
            for (int i = j + 1; i < n; i++)
            {
                T* row = tile + (i * LeafSize);
                var factor = new Vector<T>(column[i]);
                for (int p = start; p <= i; p += lanes)
                    Vector.Store(Vector.Load(row + p) - (factor * Vector.Load(column + p)), row + p);
            }
            // So that the first vector of the next update leaves the finished columns as they are.
            if (j + 1 < n)
                column[j + 1] = T.Zero;
        }
        for (int i = 0; i < n; i++)
            new ReadOnlySpan<T>(tile + (i * LeafSize), i + 1).CopyTo(new Span<T>(a + ((nint)i * lda), i + 1));
        return -1;
    }
}
