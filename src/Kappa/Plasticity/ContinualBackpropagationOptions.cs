namespace Kappa.Plasticity;

/// <summary>Settings of <see cref="ContinualBackpropagation"/>. The defaults are the source's for its supervised problems.</summary>
public sealed record ContinualBackpropagationOptions
{
    /// <summary>rho: the share of the mature units of each layer that is replaced in each step; from 0 to 1.</summary>
    [Range(AtLeast = 0, AtMost = 1)]
    public double ReplacementRate { get; init; } = 1e-4;

    /// <summary>m: the steps for which a new unit is safe from replacement; zero or more.</summary>
    [Range(AtLeast = 0)]
    public int Maturity { get; init; } = 100;

    /// <summary>eta: the decay of the mean of utilities, in [0, 1).</summary>
    [Range(AtLeast = 0, Below = 1)]
    public double UtilityDecay { get; init; } = 0.99;

    /// <summary>The shape of one input without the batch, such as <c>[3, 32, 32]</c>, on which the model is run once to find its units. Null, the default,
    /// reads it off the model, as <see cref="Units.HiddenUnits.Of"/> does.</summary>
    public IReadOnlyList<int>? InputShape { get; init; }

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; the message names it, what it got and what it takes.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
    }
}
