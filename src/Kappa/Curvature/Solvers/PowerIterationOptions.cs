namespace Kappa.Curvature;

/// <summary>Settings of <see cref="PowerIteration"/>. The defaults are those of the paper's code.</summary>
public sealed record PowerIterationOptions
{
    /// <summary>The most iterations for each vector, 1 or more.</summary>
    public int Iterations { get; init; } = 30;

    /// <summary>An iteration ends when the eigenvalue moves by less than this share of itself; above zero. That says little of the vector.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Of the random starts.</summary>
    public ulong Seed { get; init; }

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of range; the message names it.</exception>
    public void Validate()
    {
        SolverChecks.AtLeast(Iterations, 1, "PowerIterationOptions.Iterations");
        SolverChecks.Positive(Tolerance, "PowerIterationOptions.Tolerance");
    }
}
