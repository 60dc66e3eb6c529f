namespace Kappa.LinearAlgebra.Solvers;

/// <summary>Settings of <see cref="PowerIteration"/>. The defaults are those of the paper's code.</summary>
public sealed record PowerIterationOptions
{
    /// <summary>The most iterations for each vector, 1 or more.</summary>
    [Range(AtLeast = 1)]
    public int Iterations { get; init; } = 30;

    /// <summary>
    /// An iteration ends, and a pair has converged, when its residual is at most this times |eigenvalue|, or as small as the arithmetic allows; above zero. The
    /// paper's code looks at the eigenvalue's movement instead.
    /// </summary>
    [Range(Above = 0)]
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Of the random starts.</summary>
    public ulong Seed { get; init; }

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of range; the message names it.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
    }
}
