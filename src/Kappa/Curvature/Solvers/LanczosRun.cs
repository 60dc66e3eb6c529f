using Kappa.Curvature.Arithmetic;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Curvature;

/// <summary>One run of <see cref="Lanczos"/>: the basis, the matrix projected on it, and the residual of the last block.</summary>
internal sealed class LanczosRun : IDisposable
{
    private readonly LinearOperator _matrix;
    private readonly int _count;
    private readonly LanczosOptions _options;
    private readonly Philox _generator;
    private readonly OrthonormalBasis _basis;
    private readonly double[,] _projected;
    private readonly double[] _locked;
    private readonly long _budget;
    private readonly double _epsilon;

    // Basis rows that were multiplied; those from here on are the next block.
    private int _multiplied;

    // The last block that was multiplied, and L with its residual = L (next block).
    private int _lastStart;
    private double[,] _residualFactor = new double[0, 0];
    private long _products;
    private long _passes;
    private int _restarts;

    internal LanczosRun(LinearOperator matrix, int count, LanczosOptions options)
    {
        (_matrix, _count, _options) = (matrix, count, options);
        _generator = new Philox(options.Seed).Split("lanczos");
        int wanted = Math.Max(options.BasisSize ?? ((2 * count) + 40), count + (4 * options.BlockSize));
        _budget = options.MaxProducts ?? Math.Max(500, 100L * count);
        _epsilon = matrix.DataType == DataType.Float32 ? 1.2e-7 : 2.2e-16;
        _basis = new OrthonormalBasis(Math.Min(matrix.Dimension, wanted), matrix.Dimension, matrix.DataType);
        _projected = new double[_basis.Capacity, _basis.Capacity];
        _locked = new double[_basis.Capacity];
    }

    private int NextWidth => _basis.Count - _multiplied;

    internal EigenResult Solve(CancellationToken cancellation, IProgress<SolverProgress>? progress)
    {
        int first = (int)Math.Min(Math.Min(_options.BlockSize, _matrix.Dimension), _budget);
        _ = _basis.AppendRandom(first, _generator);
        double[]? before = null;
        bool verified = false;
        Ritz ritz;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            MultiplyBlock();
            ritz = RitzPairs(before is null ? 0.7 : 1);
            progress?.Report(Progress(ritz));
            bool converged = ritz.ConvergedCount == _count;
            bool agrees = before is not null && ritz.Values.Length >= _count && Agrees(before, ritz);
            verified = converged && (_multiplied == _matrix.Dimension || (agrees && NothingAbove(ritz)));
            if (verified || (converged && !_options.VerifyMultiplicities))
                break;
            if (converged && !agrees)
            {
                before = [.. ritz.Values.AsSpan(0, _count)];
                if (_products + _options.BlockSize > _budget || !RestartWithFreshBlock(ritz))
                    break;
                continue;
            }

            if (!PrepareNextBlock(ritz) || _products + NextWidth > _budget)
                break;
        }

        return Result(ritz, verified);
    }

    public void Dispose() => _basis.Dispose();

    private SolverProgress Progress(Ritz ritz)
    {
        double share = Math.Max(ritz.ConvergedCount / (double)_count, _products / (double)_budget);
        double residual = ritz.ConvergedCount < Math.Min(_count, ritz.Values.Length) ? ritz.Residuals[ritz.ConvergedCount] / Math.Abs(ritz.Values[ritz.ConvergedCount]) : double.NaN;
        return new SolverProgress(share, _products, residual);
    }

    /// <summary>Sees to it that there is a block to multiply, and room for what it leaves.</summary>
    private bool PrepareNextBlock(Ritz ritz)
    {
        bool canGrow = _basis.Capacity < _matrix.Dimension;
        if (canGrow && _basis.Count + Math.Max(NextWidth, _options.BlockSize) > _basis.Capacity)
            Restart(ritz, _basis.Count - _multiplied);
        // An invariant subspace is used up: what it does not hold is found from a random start.
        return NextWidth > 0 || _basis.AppendRandom(_options.BlockSize, _generator) > 0;
    }

    /// <summary>Multiplies the next block, projects it, and appends what is left of it.</summary>
    private void MultiplyBlock()
    {
        int start = _multiplied, width = NextWidth;
        using var scope = TensorScope.Begin();
        var product = _matrix.MatMat(_basis.Rows(start, width));
        _products += width;
        _passes++;
        double scale = Math.Sqrt(BlockArithmetic.SquaredNorm(product) / width);
        double[,] inner = _basis.Project(product);
        for (int i = 0; i < width; i++)
        {
            for (int j = 0; j < inner.GetLength(1); j++)
            {
                double value = j >= start ? 0.5 * (inner[i, j] + inner[j - start, start + i]) : inner[i, j];
                _projected[start + i, j] = value;
                _projected[j, start + i] = value;
            }
        }

        (_lastStart, _multiplied) = (start, start + width);
        _residualFactor = _basis.Append(product, 10 * _epsilon * scale);
    }

    /// <summary>Ritz pairs of the rows that were multiplied, the wanted first.</summary>
    private Ritz RitzPairs(double share)
    {
        var (values, vectors) = SymmetricEigen.Of(_projected, _multiplied);
        int[] order = [.. Enumerable.Range(0, _multiplied).OrderByDescending(i => Key(values[i]))];
        int width = _residualFactor.GetLength(0), columns = _residualFactor.GetLength(1);
        double norm = values.Max(Math.Abs);
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

            double lost = LockedResidual(vectors, order[p]);
            residuals[p] = Math.Sqrt(sum + (lost * lost));
        }

        int converged = 0;
        double floor = 20 * _epsilon * norm;
        while (converged < Math.Min(_count, order.Length) && residuals[converged] <= Math.Max(share * _options.Tolerance * Math.Abs(sorted[converged]), floor))
            converged++;
        return new Ritz(sorted, residuals, vectors, order, converged);
    }

    private double Key(double value) => _options.Spectrum switch
    {
        Spectrum.LargestAlgebraic => value,
        Spectrum.SmallestAlgebraic => -value,
        _ => Math.Abs(value),
    };

    /// <summary>Whether the wanted values are those that were found before the fresh block came in.</summary>
    private bool Agrees(double[] before, Ritz ritz)
    {
        double tolerance = Math.Max(2 * _options.Tolerance, 1e3 * _epsilon);
        return before.Select((value, i) => Math.Abs(value - ritz.Values[i]) <= tolerance * Math.Max(Math.Abs(value), 1e-3 * Math.Abs(before[0]))).All(same => same);
    }

    /// <summary>Whether the best Ritz pair that is not wanted is known well enough to stay below the last that is.</summary>
    private bool NothingAbove(Ritz ritz)
    {
        if (ritz.Values.Length <= _count)
            return false;
        double last = Key(ritz.Values[_count - 1]), gap = last - Key(ritz.Values[_count]);
        return ritz.Residuals[_count] <= Math.Max(gap, 0.05 * Math.Abs(last));
    }

    /// <summary>What of a Ritz vector's residual was left behind when a fresh block took the place of the last one.</summary>
    private double LockedResidual(double[,] vectors, int column)
    {
        double sum = 0;
        for (int i = 0; i < _multiplied; i++)
            sum += Math.Pow(vectors[i, column] * _locked[i], 2);
        return Math.Sqrt(sum);
    }

    /// <summary>Keeps the wanted Ritz vectors alone and goes on from a random block.</summary>
    private bool RestartWithFreshBlock(Ritz ritz)
    {
        double[] left = [.. ritz.Residuals.AsSpan(0, _count)];
        Compress(ritz, _count, 0);
        left.CopyTo(_locked, 0);
        return _basis.AppendRandom(_options.BlockSize, _generator) > 0;
    }

    /// <summary>Keeps the best Ritz vectors and the next block.</summary>
    private void Restart(Ritz ritz, int next)
    {
        int room = _basis.Capacity - (2 * Math.Max(next, _options.BlockSize)) - _count;
        int keep = Math.Min(_count + Math.Max(0, room / 2), ritz.Values.Length);
        double[] left = [.. Enumerable.Range(0, keep).Select(i => LockedResidual(ritz.Vectors, ritz.Order[i]))];
        Compress(ritz, keep, next);
        left.CopyTo(_locked, 0);
    }

    private void Compress(Ritz ritz, int keep, int next)
    {
        _basis.Compress(ritz.Coefficients(keep, _basis.Count), next);
        Array.Clear(_projected);
        Array.Clear(_locked);
        for (int i = 0; i < keep; i++)
            _projected[i, i] = ritz.Values[i];
        _multiplied = keep;
        _restarts++;
    }

    private EigenResult Result(Ritz ritz, bool verified)
    {
        int found = Math.Min(_count, ritz.Values.Length);
        using var span = _basis.Rows(0, _basis.Count);
        var vectors = BlockArithmetic.Combine(ritz.Coefficients(found, _basis.Count), span).Keep();
        return new EigenResult(
            ritz.Values[..found], vectors, ritz.Residuals[..found], ritz.ConvergedCount == _count, ritz.ConvergedCount, verified, _products, _passes, _restarts, _options.Seed);
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
