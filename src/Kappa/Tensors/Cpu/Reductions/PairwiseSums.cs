using System.Numerics;
using System.Runtime.CompilerServices;
using Kappa.Tensors.Cpu.Elementwise;

namespace Kappa.Tensors.Cpu.Reductions;

/// <summary>
/// Sums in double precision, along rows and down columns: blocks of fixed length are summed in turn, and their sums by pairs, so that rounding grows with the
/// logarithm of the length, in an order that depends on the shape alone. Whatever float32 can hold, its sums and sums of products neither overflow nor vanish.
/// </summary>
internal static unsafe class PairwiseSums
{
    private const int RowBlock = 4096;
    private const int ColumnBlock = 128;

    /// <summary>Rows narrower than this are taken several at a time, as one wide row.</summary>
    private const int FoldedWidth = 32;

    /// <summary>The sum over a row.</summary>
    internal static double Row<T, TTerm>(T* a, T* b, int count, TTerm term)
        where T : unmanaged
        where TTerm : struct, ISumTerm
    {
        if (count <= RowBlock)
            return Block(a, b, count, term);
        int blocks = (count + RowBlock - 1) / RowBlock;
        int half = blocks / 2 * RowBlock;
        return Row(a, b, half, term) + Row(a + half, TTerm.HasSecond ? b + half : null, count - half, term);
    }

    /// <summary>Two sums over a row, in one walk.</summary>
    internal static (double First, double Second) Rows<T, TFirst, TSecond>(T* a, T* b, int count, TFirst first, TSecond second)
        where T : unmanaged
        where TFirst : struct, ISumTerm
        where TSecond : struct, ISumTerm
    {
        if (count <= RowBlock)
            return Block(a, b, count, first, second);
        int blocks = (count + RowBlock - 1) / RowBlock;
        int half = blocks / 2 * RowBlock;
        var left = Rows(a, b, half, first, second);
        var right = Rows(a + half, b == null ? null : b + half, count - half, first, second);
        return (left.First + right.First, left.Second + right.Second);
    }

    /// <summary>The sums down the columns of [count, width], of which consecutive rows are a stride apart, or, with an order, those it lists.</summary>
    /// <param name="rows">Where the operands are.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="term">What is summed. Column numbers go up to <see cref="Columns"/>.</param>
    /// <param name="sums">Takes the sums, <see cref="Room"/> elements, of which the first so many as the width are the result.</param>
    internal static void Down<T, TTerm>(SummedRows<T> rows, int count, TTerm term, double* sums)
        where T : unmanaged
        where TTerm : struct, ISumTerm
    {
        int width = rows.Width, fold = Columns(width) / width;
        if (fold == 1 || rows.Order != null || rows.Stride != width)
        {
            Tree(rows, 0, count, term, sums, sums + width);
            return;
        }

        var wide = rows with { Width = fold * width, Stride = fold * width };
        Tree(wide, 0, count / fold, term, sums, sums + wide.Width);
        for (int start = width; start < wide.Width; start += width)
        {
            for (int column = 0; column < width; column++)
                sums[column] += sums[start + column];
        }

        for (int row = count / fold * fold; row < count; row++)
        {
            for (int column = 0; column < width; column++)
            {
                long at = ((long)row * width) + column;
                sums[column] += term.Invoke(Widened.Load(rows.A + at), TTerm.HasSecond ? Widened.Load(rows.B + at) : 0, column);
            }
        }
    }

    /// <summary>How many columns are looked at together: the width, or a multiple of a small one that fills whole vectors.</summary>
    internal static int Columns(int width)
    {
        if (width >= FoldedWidth)
            return width;
        int vectors = width;
        while (vectors % Widened.Step != 0)
            vectors *= 2;
        return (FoldedWidth + vectors - 1) / vectors * vectors;
    }

    /// <summary>The elements that <see cref="Down"/> needs for its sums.</summary>
    internal static long Room(int width, int count) => Columns(width) * (long)(BitOperations.Log2((uint)((count / ColumnBlock) + 1)) + 3);

    private static void Tree<T, TTerm>(SummedRows<T> rows, int first, int count, TTerm term, double* sums, double* spare)
        where T : unmanaged
        where TTerm : struct, ISumTerm
    {
        if (count <= ColumnBlock)
        {
            new Span<double>(sums, rows.Width).Clear();
            int row = first;
            for (; row <= first + count - 8; row += 8)
                Eight(rows, row, term, sums);
            for (; row < first + count; row++)
                One(rows, row, term, sums);
            return;
        }

        int blocks = (count + ColumnBlock - 1) / ColumnBlock;
        int half = blocks / 2 * ColumnBlock;
        Tree(rows, first, half, term, sums, spare);
        Tree(rows, first + half, count - half, term, spare, spare + rows.Width);
        for (int i = 0; i < rows.Width; i++)
            sums[i] += spare[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Block<T, TTerm>(T* a, T* b, int count, TTerm term)
        where T : unmanaged
        where TTerm : struct, ISumTerm
    {
        int step = Widened.Step, i = 0;
        Vector<double> low0 = default, high0 = default, low1 = default, high1 = default, low2 = default, high2 = default, low3 = default, high3 = default;
        Vector<double> bLow = default, bHigh = default;
        for (; i <= count - (4 * step); i += 4 * step)
        {
            Widened.Load(a + i, out var aLow, out var aHigh);
            if (TTerm.HasSecond)
                Widened.Load(b + i, out bLow, out bHigh);
            low0 += term.Invoke(aLow, bLow, 0);
            high0 += term.Invoke(aHigh, bHigh, 0);
            Widened.Load(a + i + step, out aLow, out aHigh);
            if (TTerm.HasSecond)
                Widened.Load(b + i + step, out bLow, out bHigh);
            low1 += term.Invoke(aLow, bLow, 0);
            high1 += term.Invoke(aHigh, bHigh, 0);
            Widened.Load(a + i + (2 * step), out aLow, out aHigh);
            if (TTerm.HasSecond)
                Widened.Load(b + i + (2 * step), out bLow, out bHigh);
            low2 += term.Invoke(aLow, bLow, 0);
            high2 += term.Invoke(aHigh, bHigh, 0);
            Widened.Load(a + i + (3 * step), out aLow, out aHigh);
            if (TTerm.HasSecond)
                Widened.Load(b + i + (3 * step), out bLow, out bHigh);
            low3 += term.Invoke(aLow, bLow, 0);
            high3 += term.Invoke(aHigh, bHigh, 0);
        }

        for (; i <= count - step; i += step)
        {
            Widened.Load(a + i, out var aLow, out var aHigh);
            if (TTerm.HasSecond)
                Widened.Load(b + i, out bLow, out bHigh);
            low0 += term.Invoke(aLow, bLow, 0);
            high0 += term.Invoke(aHigh, bHigh, 0);
        }

        double sum = Vector.Sum(((low0 + high0) + (low1 + high1)) + ((low2 + high2) + (low3 + high3)));
        for (; i < count; i++)
            sum += term.Invoke(Widened.Load(a + i), TTerm.HasSecond ? Widened.Load(b + i) : 0, 0);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double First, double Second) Block<T, TFirst, TSecond>(T* a, T* b, int count, TFirst first, TSecond second)
        where T : unmanaged
        where TFirst : struct, ISumTerm
        where TSecond : struct, ISumTerm
    {
        int step = Widened.Step, i = 0;
        bool hasSecond = TFirst.HasSecond || TSecond.HasSecond;
        Vector<double> low0 = default, high0 = default, low1 = default, high1 = default, low2 = default, high2 = default, low3 = default, high3 = default;
        Vector<double> bLow = default, bHigh = default;
        for (; i <= count - (2 * step); i += 2 * step)
        {
            Widened.Load(a + i, out var aLow, out var aHigh);
            if (hasSecond)
                Widened.Load(b + i, out bLow, out bHigh);
            low0 += first.Invoke(aLow, bLow, 0);
            high0 += first.Invoke(aHigh, bHigh, 0);
            low1 += second.Invoke(aLow, bLow, 0);
            high1 += second.Invoke(aHigh, bHigh, 0);
            Widened.Load(a + i + step, out aLow, out aHigh);
            if (hasSecond)
                Widened.Load(b + i + step, out bLow, out bHigh);
            low2 += first.Invoke(aLow, bLow, 0);
            high2 += first.Invoke(aHigh, bHigh, 0);
            low3 += second.Invoke(aLow, bLow, 0);
            high3 += second.Invoke(aHigh, bHigh, 0);
        }

        double sum = Vector.Sum((low0 + high0) + (low2 + high2)), other = Vector.Sum((low1 + high1) + (low3 + high3));
        for (; i < count; i++)
        {
            var (x, y) = (Widened.Load(a + i), hasSecond ? Widened.Load(b + i) : 0);
            sum += first.Invoke(x, y, 0);
            other += second.Invoke(x, y, 0);
        }

        return (sum, other);
    }

    /// <summary>Adds eight rows, column by column. Written out, because a helper would not be inlined here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight<T, TTerm>(SummedRows<T> rows, int row, TTerm term, double* sums)
        where T : unmanaged
        where TTerm : struct, ISumTerm
    {
        nint at0 = rows.At(row), at1 = rows.At(row + 1), at2 = rows.At(row + 2), at3 = rows.At(row + 3);
        nint at4 = rows.At(row + 4), at5 = rows.At(row + 5), at6 = rows.At(row + 6), at7 = rows.At(row + 7);
        int column = 0, half = Vector<double>.Count;
        Vector<double> bLow = default, bHigh = default;
        for (; column <= rows.Width - Widened.Step; column += Widened.Step)
        {
            T* a = rows.A + column, b = rows.B + column;
            Widened.Load(a + at0, out var aLow, out var aHigh);
            if (TTerm.HasSecond)
                Widened.Load(b + at0, out bLow, out bHigh);
            var low0 = Vector.Load(sums + column) + term.Invoke(aLow, bLow, column);
            var high0 = Vector.Load(sums + column + half) + term.Invoke(aHigh, bHigh, column + half);
            Widened.Load(a + at1, out aLow, out aHigh);
            if (TTerm.HasSecond)
                Widened.Load(b + at1, out bLow, out bHigh);
            var low1 = term.Invoke(aLow, bLow, column);
            var high1 = term.Invoke(aHigh, bHigh, column + half);
            Widened.Load(a + at2, out aLow, out aHigh);
            if (TTerm.HasSecond)
                Widened.Load(b + at2, out bLow, out bHigh);
            low0 += term.Invoke(aLow, bLow, column);
            high0 += term.Invoke(aHigh, bHigh, column + half);
            Widened.Load(a + at3, out aLow, out aHigh);
            if (TTerm.HasSecond)
                Widened.Load(b + at3, out bLow, out bHigh);
            low1 += term.Invoke(aLow, bLow, column);
            high1 += term.Invoke(aHigh, bHigh, column + half);
            Widened.Load(a + at4, out aLow, out aHigh);
            if (TTerm.HasSecond)
                Widened.Load(b + at4, out bLow, out bHigh);
            low0 += term.Invoke(aLow, bLow, column);
            high0 += term.Invoke(aHigh, bHigh, column + half);
            Widened.Load(a + at5, out aLow, out aHigh);
            if (TTerm.HasSecond)
                Widened.Load(b + at5, out bLow, out bHigh);
            low1 += term.Invoke(aLow, bLow, column);
            high1 += term.Invoke(aHigh, bHigh, column + half);
            Widened.Load(a + at6, out aLow, out aHigh);
            if (TTerm.HasSecond)
                Widened.Load(b + at6, out bLow, out bHigh);
            low0 += term.Invoke(aLow, bLow, column);
            high0 += term.Invoke(aHigh, bHigh, column + half);
            Widened.Load(a + at7, out aLow, out aHigh);
            if (TTerm.HasSecond)
                Widened.Load(b + at7, out bLow, out bHigh);
            low1 += term.Invoke(aLow, bLow, column);
            high1 += term.Invoke(aHigh, bHigh, column + half);
            (low0 + low1).Store(sums + column);
            (high0 + high1).Store(sums + column + half);
        }

        for (; column < rows.Width; column++)
        {
            double sum = 0;
            for (int i = 0; i < 8; i++)
            {
                nint at = rows.At(row + i) + column;
                sum += term.Invoke(Widened.Load(rows.A + at), TTerm.HasSecond ? Widened.Load(rows.B + at) : 0, column);
            }

            sums[column] += sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One<T, TTerm>(SummedRows<T> rows, int row, TTerm term, double* sums)
        where T : unmanaged
        where TTerm : struct, ISumTerm
    {
        nint at = rows.At(row);
        T* a = rows.A + at, b = rows.B + at;
        int column = 0, half = Vector<double>.Count;
        Vector<double> bLow = default, bHigh = default;
        for (; column <= rows.Width - Widened.Step; column += Widened.Step)
        {
            Widened.Load(a + column, out var aLow, out var aHigh);
            if (TTerm.HasSecond)
                Widened.Load(b + column, out bLow, out bHigh);
            (Vector.Load(sums + column) + term.Invoke(aLow, bLow, column)).Store(sums + column);
            (Vector.Load(sums + column + half) + term.Invoke(aHigh, bHigh, column + half)).Store(sums + column + half);
        }

        for (; column < rows.Width; column++)
            sums[column] += term.Invoke(Widened.Load(a + column), TTerm.HasSecond ? Widened.Load(b + column) : 0, column);
    }
}
