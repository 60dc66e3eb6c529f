using Kappa.Curvature.Arithmetic;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Curvature;

/// <summary>One run of <see cref="Lanczos"/>: the basis, the matrix projected on it, and the residual of the last block.</summary>
internal sealed partial class LanczosRun : IDisposable
{
    private readonly NormalizedOperator _matrix;
    private readonly int _dimension;
    private readonly int _count;
    private readonly int _blockSize;
    private readonly LanczosOptions _options;
    private readonly Philox _generator;
    private readonly OrthonormalBasis _basis;
    private readonly int _mostVectors;
    private readonly long _budget;
    private readonly double _epsilon;
    private double[,] _projected;

    // Of the rows that a restart kept: how much of each one's residual lies outside the basis. The rows from _firstNew on are orthogonal to all of it until they are multiplied.
    private double[] _outside;
    private int _kept;
    private int _firstNew;

    // Basis rows that were multiplied; those from here on are the next block.
    private int _multiplied;

    // The last block that was multiplied, and L with its residual = L (next block).
    private int _lastStart;
    private double[,] _residualFactor = new double[0, 0];

    // The largest length of a product so far, about the norm of the matrix.
    private double _size;
    private long _products;
    private long _passes;
    private int _restarts;

    internal LanczosRun(LinearOperator matrix, int count, LanczosOptions options, long? availableMemory = null)
    {
        (_matrix, _dimension, _count, _options) = (new NormalizedOperator(matrix), matrix.Dimension, count, options);
        _generator = new Philox(options.Seed).Split("lanczos");
        _blockSize = Math.Min(options.BlockSize, BlockArithmetic.MostRows(_dimension, matrix.DataType));
        long memory = availableMemory ?? BasisMemory.Available;
        int least = count + (4 * _blockSize), wanted = Math.Max(options.BasisSize ?? ((2 * count) + 40), least);
        int capacity = BasisMemory.Choose(
            wanted, options.BasisSize is null ? least : wanted, _dimension, matrix.DataType, "ask for fewer eigenpairs, set a smaller LanczosOptions.BasisSize or BlockSize", memory);
        _mostVectors = options.BasisSize is null ? Math.Min(_dimension, BasisMemory.Most(_dimension, matrix.DataType, memory)) : capacity;
        _budget = options.MaxProducts ?? Math.Max(500, 100L * count);
        _epsilon = matrix.DataType == DataType.Float32 ? 1.2e-7 : 2.2e-16;
        _basis = new OrthonormalBasis(capacity, _dimension, matrix.DataType);
        _projected = new double[capacity, capacity];
        _outside = new double[capacity];
    }

    private int NextWidth => _basis.Count - _multiplied;

    private bool IsWhole => _multiplied == _dimension;

    internal EigenResult Solve(CancellationToken cancellation, IProgress<SolverProgress>? progress)
    {
        int first = (int)Math.Min(Math.Min(_blockSize, _dimension), _budget);
        _ = _basis.AppendRandom(first, _generator);
        // What is verified keeps its residuals, with something to spare for a second round.
        var ritz = Step(0.7, cancellation, progress);
        double share = 0.7;
        while (true)
        {
            bool isConverged = ritz.ConvergedCount == _count;
            if (isConverged && (IsWhole || !_options.VerifyMultiplicities))
                return Result(ritz, IsWhole ? Verification.WholeSpace : Verification.NotRequested);
            if (isConverged)
            {
                (ritz, var verification) = Verify(ritz, cancellation, progress);
                if (verification is { } outcome)
                    return Result(ritz, outcome);
                share = 1;
                continue;
            }

            if (!PrepareNextBlock(ritz) || _products + NextWidth > _budget)
                return Result(ritz, Verification.NotConverged);
            ritz = Step(share, cancellation, progress);
        }
    }

    public void Dispose() => _basis.Dispose();

    private SolverProgress Progress(Ritz ritz)
    {
        double share = Math.Max(ritz.ConvergedCount / (double)_count, _products / (double)_budget);
        double residual = ritz.ConvergedCount < Math.Min(_count, ritz.Values.Length) ? ritz.Residuals[ritz.ConvergedCount] / Math.Abs(ritz.Values[ritz.ConvergedCount]) : double.NaN;
        return new SolverProgress(share, _products, residual);
    }

    private Ritz Step(double share, CancellationToken cancellation, IProgress<SolverProgress>? progress)
    {
        cancellation.ThrowIfCancellationRequested();
        MultiplyBlock();
        var ritz = RitzPairs(share);
        progress?.Report(Progress(ritz));
        return ritz;
    }

    /// <summary>Sees to it that there is a block to multiply, and room for what it leaves.</summary>
    private bool PrepareNextBlock(Ritz ritz)
    {
        bool canGrow = _basis.Capacity < _dimension;
        if (canGrow && _basis.Count + Math.Max(NextWidth, _blockSize) > _basis.Capacity)
            Restart(ritz, _basis.Count - _multiplied);
        // An invariant subspace is used up: what it does not hold is found from a random start.
        return NextWidth > 0 || _basis.AppendRandom(_blockSize, _generator) > 0;
    }

    /// <summary>Multiplies the next block, projects it, and appends what is left of it.</summary>
    private void MultiplyBlock()
    {
        int start = _multiplied, width = NextWidth;
        using var scope = TensorScope.Begin();
        var product = _matrix.MatMat(_basis.Rows(start, width));
        _products += width;
        _passes++;
        _size = Math.Max(_size, BlockArithmetic.Norm(product) / Math.Sqrt(width));
        double[,] inner = _basis.Project(product);
        for (int i = 0; i < width; i++)
        {
            for (int j = 0; j < inner.GetLength(1); j++)
            {
                double value = j >= start ? 0.5 * (inner[i, j] + inner[j - start, start + i]) : inner[i, j];
                _projected[start + i, j] = value;
                _projected[j, start + i] = value;
                if (j < _kept && start + i >= _firstNew)
                    _outside[j] = Math.Sqrt(Math.Max(0, (_outside[j] * _outside[j]) - (value * value)));
            }
        }

        (_lastStart, _multiplied) = (start, start + width);
        _residualFactor = _basis.Append(product, 10 * _epsilon * _size);
    }

    /// <summary>Ritz pairs of the rows that were multiplied, the wanted first.</summary>
    private Ritz RitzPairs(double share)
    {
        var (values, vectors) = SymmetricEigen.Of(_projected, _multiplied);
        int[] order = [.. Enumerable.Range(0, _multiplied).OrderByDescending(i => Key(values[i]))];
        int width = _residualFactor.GetLength(0), columns = _residualFactor.GetLength(1);
        double[] sorted = new double[order.Length], residuals = new double[order.Length];
        for (int p = 0; p < order.Length; p++)
        {
            sorted[p] = values[order[p]];
            double sum = 0;
            for (int j = 0; j < columns; j++)
            {
                double entry = 0;
                for (int i = 0; i < width; i++)
                    entry += vectors[_lastStart + i, order[p]] * _residualFactor[i, j];
                sum += entry * entry;
            }

            double outside = OutsideResidual(vectors, order[p]);
            residuals[p] = Math.Sqrt(sum + (outside * outside));
        }

        int converged = 0;
        double floor = Floor(values.Max(Math.Abs));
        while (converged < Math.Min(_count, order.Length) && residuals[converged] <= Math.Max(share * _options.Tolerance * Math.Abs(sorted[converged]), floor))
            converged++;
        return new Ritz(sorted, residuals, vectors, order, converged);
    }

    /// <summary>What the arithmetic leaves of a residual, for a matrix of a norm.</summary>
    private double Floor(double norm) => 20 * _epsilon * norm;

    private double Key(double value) => _options.Spectrum switch
    {
        Spectrum.LargestAlgebraic => value,
        Spectrum.SmallestAlgebraic => -value,
        _ => Math.Abs(value),
    };

    /// <summary>A bound on what of a Ritz vector's residual lies outside the basis: the rows' own may point the same way.</summary>
    private double OutsideResidual(double[,] vectors, int column)
    {
        double sum = 0;
        for (int i = 0; i < _kept && !IsWhole; i++)
            sum += Math.Abs(vectors[i, column]) * _outside[i];
        return sum;
    }

    /// <summary>Keeps the best Ritz vectors and the next block.</summary>
    private void Restart(Ritz ritz, int next)
    {
        int room = _basis.Capacity - (2 * Math.Max(next, _blockSize)) - _count;
        int keep = Math.Min(_count + Math.Max(0, room / 2), ritz.Values.Length);
        Compress(ritz, [.. Enumerable.Range(0, keep).Select(i => OutsideResidual(ritz.Vectors, ritz.Order[i]))], next);
    }

    /// <summary>Keeps as many Ritz vectors as there are residuals outside the basis, and the next block.</summary>
    private void Compress(Ritz ritz, double[] outside, int next)
    {
        int keep = outside.Length;
        _basis.Compress(ritz.Coefficients(keep, _basis.Count), next);
        Array.Clear(_projected);
        for (int i = 0; i < keep; i++)
            _projected[i, i] = ritz.Values[i];
        outside.CopyTo(_outside, 0);
        (_multiplied, _kept, _firstNew) = (keep, keep, keep + next);
        _restarts++;
    }

    private EigenResult Result(Ritz ritz, Verification verification)
    {
        int found = Math.Min(_count, ritz.Values.Length);
        var vectors = _basis.Combine(ritz.Coefficients(found, _basis.Count)).Keep();
        return new EigenResult(
            [.. ritz.Values.Take(found).Select(_matrix.Restore)],
            vectors,
            [.. ritz.Residuals.Take(found).Select(_matrix.Restore)],
            ritz.ConvergedCount == _count,
            ritz.ConvergedCount,
            verification is Verification.RandomStart or Verification.WholeSpace,
            _products,
            _passes,
            _restarts,
            _options.Seed)
        {
            Verification = verification,
            BasisSize = _basis.Capacity,
        };
    }

    /// <summary>Values and residuals in the order wanted; vectors in that of the dense solver.</summary>
    private sealed record Ritz(double[] Values, double[] Residuals, double[,] Vectors, int[] Order, int ConvergedCount)
    {
        internal double[,] Coefficients(int count, int columns)
        {
            double[,] result = new double[count, columns];
            for (int i = 0; i < count; i++)
            {
                for (int j = 0; j < Order.Length; j++)
                    result[i, j] = Vectors[j, Order[i]];
            }

            return result;
        }
    }
}
