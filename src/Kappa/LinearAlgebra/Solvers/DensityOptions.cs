namespace Kappa.LinearAlgebra.Solvers;

/// <summary>Settings of <see cref="SpectralDensity"/>.</summary>
public sealed record DensityOptions
{
    /// <summary>Random vectors, 2 or more for a standard error.</summary>
    [Range(AtLeast = 1)]
    public int Probes { get; init; } = 4;

    /// <summary>Lanczos steps of each, 2 or more: nodes of its quadrature.</summary>
    [Range(AtLeast = 2)]
    public int Steps { get; init; } = 50;

    /// <summary>
    /// How many probes run side by side, sharing passes over the data; each takes Steps vectors of memory, and no more run than half of the process's memory
    /// holds.
    /// </summary>
    [Range(AtLeast = 1)]
    public int BlockSize { get; init; } = 2;

    /// <summary>Points of the grid, 2 or more.</summary>
    [Range(AtLeast = 2)]
    public int Points { get; init; } = 400;

    /// <summary>
    /// The standard deviation of the Gaussian that smooths the density; null for one percent of the spectrum's width, or, where it is all one value, of that.
    /// </summary>
    [Range(Above = 0)]
    public double? Bandwidth { get; init; }

    /// <summary>Of the random vectors.</summary>
    public ulong Seed { get; init; }

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of range; the message names it.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
    }
}
