namespace Kappa.LinearAlgebra.Solvers;

/// <summary>Settings of the iteration for extreme singular values.</summary>
public sealed record GolubKahanOptions
{
    /// <summary>Iterations at most, 1 or more; each is a product with the matrix and one with its transpose.</summary>
    [Range(AtLeast = 1)]
    public int MaximumIterations { get; init; } = 60;

    /// <summary>
    /// A value counts as found when its residual is this share of the largest singular value, and a value beyond it by more than that would have shown; above
    /// 0.
    /// </summary>
    [Range(Above = 0)]
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Decides the vector that it starts from.</summary>
    public int Seed { get; init; }

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; the message names it, what it got and what it takes.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
    }
}
