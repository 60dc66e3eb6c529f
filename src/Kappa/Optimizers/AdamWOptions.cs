namespace Kappa.Optimizers;

/// <summary>Settings of <see cref="AdamW"/>. The defaults are PyTorch's.</summary>
public sealed record AdamWOptions
{
    /// <summary>The decay of the mean of gradients, in [0, 1).</summary>
    [Range(AtLeast = 0, Below = 1)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>The decay of the mean of squared gradients, in [0, 1).</summary>
    [Range(AtLeast = 0, Below = 1)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the mean square; above zero: from 1.18e-38 on for weights in Float32, from 1e-136 on in Float64.</summary>
    [Range(Above = 0)]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The fraction of itself, times the learning rate, that a parameter loses in each step; zero or more.</summary>
    [Range(AtLeast = 0)]
    public double WeightDecay { get; init; } = 1e-2;

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; the message names it, what it got and what it takes.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
    }
}
