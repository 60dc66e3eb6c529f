using Kappa.LinearAlgebra.Arithmetic;

namespace Kappa.LinearAlgebra.Solvers;

/// <content>Whether a converged run missed something.</content>
internal sealed partial class LanczosRun
{
    /// <summary>
    /// Keeps the wanted pairs alone and runs a Lanczos process from one random vector in what is left of the space, until it has found an eigenvalue beyond the
    /// last wanted one or excluded that there is any.
    /// </summary>
    /// <returns>The pairs and how it ended; or, where something was found, all pairs, and null: the run goes on.</returns>
    private (Ritz Ritz, Verification? Verification) Verify(Ritz ritz, CancellationToken cancellation, IProgress<SolverProgress>? progress)
    {
        double norm = ritz.Values.Max(Math.Abs), last = Key(ritz.Values[_count - 1]);
        double bound = last + Math.Max(_options.Tolerance * Math.Abs(last), Floor(norm));
        int keep = KnownPairs(ritz, ref bound);
        Compress(ritz, keep, 0);
        var wanted = Kept(ritz);
        List<double> diagonal = [], offDiagonal = [];
        if (!HasRoom() || _basis.AppendRandom(1, _generator) == 0)
            return (wanted, Verification.OutOfBasis);
        while (HasRoom())
        {
            cancellation.ThrowIfCancellationRequested();
            if (_products + 1 > _budget)
                return (wanted, Verification.OutOfProducts);
            MultiplyBlock();
            progress?.Report(new SolverProgress(1, _products));
            diagonal.Add(_projected[_lastStart, _lastStart]);
            offDiagonal.Add(NextWidth == 0 ? 0 : _residualFactor[0, 0]);
            var verdict = Beyond(bound, _dimension - keep, diagonal, offDiagonal);
            if (verdict == UnseenVerdict.Found || IsWhole)
                return (RitzPairs(1), null);
            if (verdict == UnseenVerdict.Excluded)
                return (wanted, Verification.RandomStart);
        }

        return (wanted, Verification.OutOfBasis);
    }

    /// <summary>
    /// How many pairs, the wanted and those after them, are known well enough to be taken off, so that the process need not find them again; the bound for the
    /// rest is lowered by what they may do to it. With Theta of the further pairs, R their residuals and B the matrix on the rest, b I - [[Theta, R^T], [R, B]]
    /// is positive where B is below b - R (b - Theta)^-1 R^T, whose norm is at most the sum of |r_i|^2 / (b - theta_i).
    /// </summary>
    private int KnownPairs(Ritz ritz, ref double bound)
    {
        int keep = _count, most = Math.Min(ritz.Values.Length, _count + ((_basis.Capacity - _count) / 2));
        double shift = 0;
        for (; keep < most; keep++)
        {
            double gap = bound - Key(ritz.Values[keep]);
            double next = shift + (ritz.Residuals[keep] * ritz.Residuals[keep] / gap);
            if (!(next <= 0.1 * gap))
                break;
            shift = next;
        }

        bound -= shift;
        return keep;
    }

    /// <summary>Whether eigenvalues of the rest of the space lie beyond a bound, at the end that is wanted, or at either.</summary>
    private UnseenVerdict Beyond(double bound, int dimension, List<double> diagonal, List<double> offDiagonal)
    {
        int[] signs = _options.Spectrum switch
        {
            Spectrum.LargestAlgebraic => [1],
            Spectrum.SmallestAlgebraic => [-1],
            _ => [1, -1],
        };
        UnseenVerdict[] verdicts = [.. signs.Select(sign => UnseenEigenvalues.Above(diagonal, offDiagonal, sign, bound, dimension))];
        return verdicts.Contains(UnseenVerdict.Found) ? UnseenVerdict.Found : verdicts.Min();
    }

    /// <summary>Whether a vector can be appended. The basis grows as far as memory allows: a process that restarts proves nothing.</summary>
    private bool HasRoom()
    {
        int capacity = _basis.Capacity;
        if (_basis.Count < capacity || capacity == _dimension)
            return true;
        if (capacity >= _mostVectors)
            return false;
        int larger = (int)Math.Min(_mostVectors, 2L * capacity);
        _basis.Grow(larger);
        double[,] projected = new double[larger, larger];
        BlockArithmetic.Add(_projected, projected);
        _projected = projected;
        return true;
    }

    /// <summary>The wanted pairs as what the basis consists of after a restart with them alone.</summary>
    private Ritz Kept(Ritz ritz)
    {
        double[,] identity = new double[_count, _count];
        for (int i = 0; i < _count; i++)
            identity[i, i] = 1;
        return new Ritz(ritz.Values[.._count], ritz.Residuals[.._count], identity, [.. Enumerable.Range(0, _count)], ritz.NextBlockResiduals, _count);
    }
}
