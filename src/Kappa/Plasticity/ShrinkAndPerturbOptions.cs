namespace Kappa.Plasticity;

/// <summary>Settings of <see cref="ShrinkAndPerturb"/>. The source acts once for each new set of data; acting more often takes a shrinkage nearer to
/// 1.</summary>
public sealed record ShrinkAndPerturbOptions
{
    /// <summary>Steps from one action to the next, 1 or more.</summary>
    [Range(AtLeast = 1)]
    public int Interval { get; init; } = 1000;

    /// <summary>What every parameter is multiplied by: from 0 to 1.</summary>
    [Range(AtLeast = 0, AtMost = 1)]
    public double Shrinkage { get; init; } = 0.8;

    /// <summary>The standard deviation of what is added, over the root mean square of the parameter's initial values; zero or more.</summary>
    [Range(AtLeast = 0)]
    public double Noise { get; init; } = 0.2;

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; the message names it, what it got and what it takes.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
    }
}
