using Kappa.LinearAlgebra.Arithmetic;
using Kappa.LinearAlgebra.Operators;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.LinearAlgebra.Solvers;

/// <summary>One run of <see cref="Lanczos"/>: the basis, the matrix projected on it, and the residual of the last block.</summary>
internal sealed partial class LanczosRun : IDisposable
{
    /// <summary>Up to this dimension the basis may become the whole space, where everything is exact.</summary>
    private const int SmallDimension = 128;

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

    // Inner products of what of the kept rows' residuals a restart left outside the basis, [kept, kept]. A row from _firstNew on takes its share out of it when
    // it is multiplied.
    private double[,] _outside = new double[0, 0];
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

    internal LanczosRun(SymmetricOperator matrix, int count, LanczosOptions options, long? availableMemory = null)
    {
        (_matrix, _dimension, _count, _options) = (new NormalizedOperator(matrix), matrix.Dimension, count, options);
        _generator = new Philox(options.Seed).Split("lanczos");
        _blockSize = Math.Min(options.BlockSize, BlockArithmetic.MostRows(_dimension, matrix.DataType));
        long memory = BasisMemory.Least(availableMemory ?? BasisMemory.Available, matrix.Processes);
        int least = count + (4 * _blockSize), wanted = Math.Max(options.BasisSize ?? Math.Max((2 * count) + 40, SmallDimension), least);
        const string WayOut = "ask for fewer eigenpairs, set a smaller LanczosOptions.BasisSize or BlockSize";
        int capacity = BasisMemory.Choose(wanted, options.BasisSize is null ? least : wanted, _dimension, matrix.DataType, WayOut, memory);
        _mostVectors = options.BasisSize is null ? Math.Min(_dimension, BasisMemory.Most(_dimension, matrix.DataType, memory)) : capacity;
        _budget = options.MaxProducts ?? Math.Max(500, 100L * count);
        _epsilon = matrix.DataType == DataType.Float32 ? 1.2e-7 : 2.2e-16;
        _basis = new OrthonormalBasis(capacity, _dimension, matrix.DataType, matrix.Device, matrix.Processes);
        _projected = new double[capacity, capacity];
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

            // Asked before anything is compressed: the pairs are combinations of the basis as it is.
            if (_products + (NextWidth > 0 ? NextWidth : 1) > _budget || !PrepareNextBlock(ritz))
                return Result(ritz, Verification.NotConverged);
            ritz = Step(share, cancellation, progress);
        }
    }

    public void Dispose() => _basis.Dispose();

    private SolverProgress Progress(Ritz ritz)
    {
        double share = Math.Max(ritz.ConvergedCount / (double)_count, _products / (double)_budget);
        double residual = ritz.ConvergedCount < Math.Min(_count, ritz.Values.Length)
            ? ritz.Residuals[ritz.ConvergedCount] / Math.Abs(ritz.Values[ritz.ConvergedCount])
            : double.NaN;
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
        return NextWidth > 0 || _basis.AppendRandom((int)Math.Min(_blockSize, _budget - _products), _generator) > 0;
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
            }

            if (start + i >= _firstNew)
                TakeFromOutside(start + i);
        }

        (_lastStart, _multiplied) = (start, start + width);
        _residualFactor = _basis.Append(product, 10 * _epsilon * _size);
    }

    /// <summary>Keeps the best Ritz vectors and the next block.</summary>
    private void Restart(Ritz ritz, int next)
    {
        int room = _basis.Capacity - (2 * Math.Max(next, _blockSize)) - _count;
        Compress(ritz, Math.Min(_count + Math.Max(0, room / 2), ritz.Values.Length), next);
    }

    /// <summary>Keeps the best Ritz vectors, and the next block or nothing of it: then their residuals along it are outside the basis from now on.</summary>
    private void Compress(Ritz ritz, int keep, int next)
    {
        double[,] outside = new double[keep, keep];
        for (int i = 0; i < keep; i++)
        {
            for (int j = 0; j < keep; j++)
            {
                double dropped = next == 0 ? Dot(ritz.NextBlockResiduals[i], ritz.NextBlockResiduals[j]) : 0;
                outside[i, j] = OutsideProduct(ritz.Vectors, ritz.Order[i], ritz.Order[j]) + dropped;
            }
        }

        _basis.Compress(ritz.Coefficients(keep, _basis.Count), next);
        Array.Clear(_projected);
        for (int i = 0; i < keep; i++)
            _projected[i, i] = ritz.Values[i];
        (_outside, _multiplied, _firstNew) = (outside, keep, keep + next);
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
}
