namespace Kappa.LinearAlgebra.Solvers;

/// <summary>Settings of <see cref="Lanczos"/>.</summary>
public sealed record LanczosOptions
{
    /// <summary>Which eigenvalues.</summary>
    public Spectrum Spectrum { get; init; } = Spectrum.LargestAlgebraic;

    /// <summary>A pair has converged when its residual is at most this times |eigenvalue|, or as small as the arithmetic allows; above zero.</summary>
    [Range(Above = 0)]
    public double Tolerance { get; init; } = 1e-3;

    /// <summary>Vectors of one product, 1 or more. More share a pass over the data, fewer need fewer products in all.</summary>
    [Range(AtLeast = 1)]
    public int BlockSize { get; init; } = 2;

    /// <summary>
    /// The most basis vectors, [BasisSize, N] in memory; null for twice the count plus 40, more where verification takes it, and never more than half of the
    /// process's memory holds, or of that of the process with the least where several share the products. It is never less than the count and four blocks.
    /// </summary>
    [Range(AtLeast = 2)]
    public int? BasisSize { get; init; }

    /// <summary>The most vectors to multiply; null for 100 for each eigenpair and 500 at the least.</summary>
    [Range(AtLeast = 1)]
    public long? MaxProducts { get; init; }

    /// <summary>
    /// Whether to look, after convergence, for eigenvectors that the first block cannot reach: further ones of an eigenvalue that comes more often than the
    /// block is wide. It costs 10 to 30 products where the wanted values stand out.
    /// </summary>
    public bool VerifyMultiplicities { get; init; } = true;

    /// <summary>Of the random start.</summary>
    public ulong Seed { get; init; }

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of range; the message names it.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
    }
}
