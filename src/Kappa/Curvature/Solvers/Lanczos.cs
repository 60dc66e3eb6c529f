namespace Kappa.Curvature;

/// <summary>A few eigenpairs at one end of an operator's spectrum, by thick-restart block Lanczos with full reorthogonalisation.</summary>
/// <remarks>
/// <para>Rayleigh and Ritz in a block Krylov space: each pass multiplies a block, takes the whole basis off it twice, and appends what is left. When the basis is full it is compressed to the best
/// Ritz vectors and the last block (Wu and Simon, 2000, "Thick-restart Lanczos method for large symmetric eigenvalue problems"), so that converged pairs stay locked in the basis. With full
/// reorthogonalisation there are no ghosts; an eigenvalue comes as often as its multiplicity up to the block size, and beyond with <see cref="LanczosOptions.VerifyMultiplicities"/>.</para>
/// <para>Cost: one product a basis vector, and 4 m N flops a vector for orthogonality in a basis of m. Memory: the basis, m N elements.</para>
/// </remarks>
public static class Lanczos
{
    /// <summary>Finds eigenpairs.</summary>
    /// <param name="matrix">The operator.</param>
    /// <param name="count">How many pairs, 1 to N.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="cancellation">Asked before each product.</param>
    /// <param name="progress">Takes where it stands after each product, on the calling thread; may be null.</param>
    /// <returns>The pairs with their residuals. Where <see cref="EigenResult.Converged"/> is false the products ran out.</returns>
    /// <exception cref="ArgumentOutOfRangeException">More pairs than N, or a setting out of range.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static EigenResult Solve(
        LinearOperator matrix, int count, LanczosOptions? options = null, CancellationToken cancellation = default, IProgress<SolverProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        SolverChecks.Count(count, matrix.Dimension);
        options ??= new LanczosOptions();
        options.Validate();
        using var run = new LanczosRun(matrix, count, options);
        return run.Solve(cancellation, progress);
    }
}
