using Kappa.Tensors;

namespace Kappa.LinearAlgebra.Solvers;

/// <summary>Eigenpairs of an operator, with what is known of their errors.</summary>
/// <param name="Eigenvalues">In the order that was asked for, <c>[count]</c>.</param>
/// <param name="Eigenvectors">Rows of length 1, <c>[count, N]</c>; the caller's to dispose.</param>
/// <param name="Residuals">|A u - lambda u| for each: an eigenvalue of A lies within it of lambda.</param>
/// <param name="Converged">Whether every residual met the tolerance. Where it is false the values are the best that the products allowed, and the residuals say
/// how good.</param>
/// <param name="ConvergedCount">How many did, from the first on.</param>
/// <param name="Verified">Whether it was checked that nothing was missed, such as a further vector of a multiple eigenvalue; <see cref="Verification"/> says
/// how, or why not.</param>
/// <param name="Products">Vectors multiplied.</param>
/// <param name="Passes">In how many passes over the data.</param>
/// <param name="Restarts">How often the basis was compressed, or, of power iteration, the iterations of all vectors.</param>
/// <param name="Seed">Of the random start.</param>
public sealed record EigenResult(
    IReadOnlyList<double> Eigenvalues,
    Tensor Eigenvectors,
    IReadOnlyList<double> Residuals,
    bool Converged,
    int ConvergedCount,
    bool Verified,
    long Products,
    long Passes,
    int Restarts,
    ulong Seed) : IDisposable
{
    /// <summary>How it was checked that no eigenvalue was missed, or why it was not.</summary>
    public Verification Verification { get; init; }

    /// <summary>Why it was not checked, in words; null where it was.</summary>
    public string? NotVerifiedBecause => Verification switch
    {
        Verification.RandomStart or Verification.WholeSpace => null,
        Verification.NotRequested => "it was not asked for",
        Verification.NotConverged => "the pairs have not converged",
        Verification.OutOfProducts => $"the products ran out, after {Products}",
        _ => $"the basis was full, with {BasisSize} vectors",
    };

    /// <summary>The most vectors that the basis had room for; 0 of a solver without one.</summary>
    public int BasisSize { get; init; }

    /// <summary>Gives the memory of the eigenvectors back.</summary>
    public void Dispose() => Eigenvectors.Dispose();
}
