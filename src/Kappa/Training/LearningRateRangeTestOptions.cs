namespace Kappa.Training;

/// <summary>How a <see cref="LearningRateRangeTest"/> is run.</summary>
public sealed record LearningRateRangeTestOptions
{
    /// <summary>The rate of the first step, above zero.</summary>
    [Range(Above = 0)]
    public double Lowest { get; init; } = 1e-7;

    /// <summary>The rate of the last step, above that of the first.</summary>
    [Range(Above = 0)]
    public double Highest { get; init; } = 10;

    /// <summary>N, how many steps are made at most; the rate of step i is lowest (highest / lowest)^(i / (N - 1)).</summary>
    [Range(AtLeast = 2)]
    public int Steps { get; init; } = 100;

    /// <summary>b, how much of the moving average of the loss a step keeps: m = b m + (1 - b) loss, divided by 1 - b^(i + 1). From 0, for none.</summary>
    [Range(AtLeast = 0, Below = 1)]
    public double Smoothing { get; init; } = 0.9;

    /// <summary>The test ends where the smoothed loss is above its smallest by more than so many times its size: what it has fallen by, or its smallest without
    /// its sign, whichever is more. Above zero.</summary>
    [Range(Above = 0)]
    public double DivergenceFactor { get; init; } = 4;

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it, what it got and what it takes.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
        if (Highest <= Lowest)
        {
            throw new ArgumentOutOfRangeException(
                $"LearningRateRangeTestOptions.{nameof(Highest)}", Highest,
                $"LearningRateRangeTestOptions.Highest takes a rate above Lowest, {Lowest}; got {Highest}");
        }
    }
}
