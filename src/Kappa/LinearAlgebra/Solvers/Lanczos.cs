using Kappa.LinearAlgebra.Operators;

namespace Kappa.LinearAlgebra.Solvers;

/// <summary>A few eigenpairs at one end of an operator's spectrum, by thick-restart block Lanczos with full reorthogonalisation.</summary>
/// <remarks>
/// <para>Rayleigh and Ritz in a block Krylov space: each pass multiplies a block, takes the whole basis off it twice, and appends what is left. When the basis
/// is full it is compressed to the best Ritz vectors and the last block (Wu and Simon, 2000, "Thick-restart Lanczos method for large symmetric eigenvalue
/// problems"), so that converged pairs stay locked in the basis. With full reorthogonalisation there are no ghosts. One start reaches as many vectors of a
/// multiple eigenvalue as its block is wide; <see cref="LanczosOptions.VerifyMultiplicities"/> looks for the others.</para>
/// <para>Verification: the pairs are taken off, and a Lanczos process from one fresh random vector runs in what is left until it has found something beyond the
/// last pair, which then comes in, or until its polynomials (the Christoffel function of the process) show that something there could only have been missed by
/// a start with a share in it that chance gives once in 100,000 times. That assumes neither a gap nor a bound on the rest of the spectrum. See <see
/// cref="Verification"/>.</para>
/// <para>Cost: one product a basis vector, and 4 m N flops a vector for orthogonality in a basis of m; verification takes 10 to 30 products where the wanted
/// values stand out, more where they lie in the bulk. Memory: the basis, m N elements, which may exceed the largest tensor.</para>
/// <para>Processes that share the products (<see cref="SymmetricOperator.Processes"/>) run this together, with the same arguments: each keeps its part of the
/// basis and does its part of the flops, finds the same to the bits of one process, and has the eigenvectors whole.</para>
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
    /// <exception cref="ArgumentException">The smallest basis does not fit into memory.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static EigenResult Solve(
        SymmetricOperator matrix, int count, LanczosOptions? options = null, CancellationToken cancellation = default,
        IProgress<SolverProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        SolverChecks.Count(count, matrix);
        options ??= new LanczosOptions();
        options.Validate();
        using var run = new LanczosRun(matrix, count, options);
        return run.Solve(cancellation, progress);
    }
}
