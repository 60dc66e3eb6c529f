using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Curvature.Arithmetic;

/// <summary>Rows that stay orthonormal: Gram and Schmidt, twice, which is as orthogonal as the arithmetic allows (Giraud and others, 2005).</summary>
internal sealed class OrthonormalBasis : IDisposable
{
    private readonly Tensor _rows;

    internal OrthonormalBasis(int capacity, int dimension, DataType type)
    {
        if ((long)capacity * dimension > int.MaxValue)
            throw new ArgumentException($"a basis of {capacity} vectors of {dimension} elements exceeds the {int.MaxValue} elements of a tensor: ask for fewer eigenpairs, set a smaller BasisSize, or select fewer parameters");
        Capacity = capacity;
        _rows = Tensor.Zeros([capacity, dimension], type).Keep();
    }

    internal int Capacity { get; }

    internal int Count { get; private set; }

    /// <summary>The rows so far, sharing memory.</summary>
    internal Tensor Rows(int start, int length) => _rows.Range(start, length);

    /// <summary>Takes the part inside the span off each row of a block; the coefficients that were taken.</summary>
    internal double[,] Project(Tensor block)
    {
        double[,] total = new double[block.Shape[0], Count];
        if (Count == 0)
            return total;
        using var span = Rows(0, Count);
        for (int pass = 0; pass < 2; pass++)
        {
            double[,] part = BlockArithmetic.Gram(block, span);
            BlockArithmetic.SubtractCombination(part, span, block);
            for (int i = 0; i < total.GetLength(0); i++)
            {
                for (int j = 0; j < Count; j++)
                    total[i, j] += part[i, j];
            }
        }

        return total;
    }

    /// <summary>
    /// Appends the rows of a block that is orthogonal to the basis, made orthonormal; those shorter than a threshold are left out. Gives L with
    /// block = L (appended rows): <c>[block rows, appended]</c>. The block is used up.
    /// </summary>
    internal double[,] Append(Tensor block, double threshold)
    {
        int rows = block.Shape[0], first = Count, added = 0;
        double[,] factor = new double[rows, rows];
        for (int i = 0; i < rows; i++)
        {
            using var row = block.Range(i, 1);
            double before = Math.Sqrt(BlockArithmetic.SquaredNorm(row));
            for (int pass = 0; pass < 2 && added > 0; pass++)
            {
                using var earlier = Rows(first, added);
                double[,] part = BlockArithmetic.Gram(row, earlier);
                BlockArithmetic.SubtractCombination(part, earlier, row);
                for (int j = 0; j < added; j++)
                    factor[i, j] += part[0, j];
            }

            double norm = Math.Sqrt(BlockArithmetic.SquaredNorm(row));
            if (!(norm > threshold) || Count == Capacity)
                continue;
            // A row that lost most of its length to the earlier ones is noise in part: take the span off again.
            BlockArithmetic.Scale(row, 1 / norm);
            if (norm < 1e-2 * before || before < 100 * threshold)
            {
                _ = Project(row);
                BlockArithmetic.Scale(row, 1 / Math.Sqrt(BlockArithmetic.SquaredNorm(row)));
            }

            using var place = Rows(Count, 1);
            place.CopyFromInPlace(row);
            factor[i, added++] = norm;
            Count++;
        }

        double[,] result = new double[rows, added];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < added; j++)
                result[i, j] = factor[i, j];
        }

        return result;
    }

    /// <summary>Appends random rows, orthogonal to the basis.</summary>
    internal int AppendRandom(int rows, Philox generator)
    {
        int dimension = _rows.Shape[1];
        int wanted = Math.Min(rows, Math.Min(Capacity, dimension) - Count);
        if (wanted <= 0)
            return 0;
        using var block = Tensor.Normal([wanted, dimension], generator, type: _rows.DataType);
        _ = Project(block);
        return Append(block, 1e-3).GetLength(1);
    }

    /// <summary>Replaces the basis by combinations of its rows (orthonormal coefficients) followed by some of its last rows.</summary>
    internal void Compress(double[,] coefficients, int keepLast)
    {
        int kept = coefficients.GetLength(0);
        using (var span = Rows(0, coefficients.GetLength(1)))
        using (var combined = BlockArithmetic.Combine(coefficients, span))
        using (var last = Rows(Count - keepLast, keepLast).Clone())
        {
            using var head = Rows(0, kept);
            head.CopyFromInPlace(combined);
            using var tail = Rows(kept, keepLast);
            tail.CopyFromInPlace(last);
        }

        Count = kept + keepLast;
    }

    public void Dispose() => _rows.Dispose();
}
