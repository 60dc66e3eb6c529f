namespace Kappa.LinearAlgebra.Solvers;

/// <summary>Settings of <see cref="TraceEstimator"/>.</summary>
public sealed record TraceOptions
{
    /// <summary>Vectors to multiply, 2 or more; Hutch++ takes a third each for its sketch, the sketch's range and the rest.</summary>
    [Range(AtLeast = 2)]
    public int Products { get; init; } = 60;

    /// <summary>Vectors of one product.</summary>
    [Range(AtLeast = 1)]
    public int BlockSize { get; init; } = 4;

    /// <summary>Of the random vectors.</summary>
    public ulong Seed { get; init; }

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of range; the message names it.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
    }
}
