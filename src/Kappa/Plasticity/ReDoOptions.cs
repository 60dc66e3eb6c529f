namespace Kappa.Plasticity;

/// <summary>Settings of <see cref="ReDo"/>.</summary>
public sealed record ReDoOptions
{
    /// <summary>Steps from one look for dormant units to the next, 1 or more; 1,000 in the source.</summary>
    [Range(AtLeast = 1)]
    public int Interval { get; init; } = 1000;

    /// <summary>tau: a unit is dormant where its mean magnitude over that of its layer is at most this; from 0 to 1.</summary>
    [Range(AtLeast = 0, Below = 1)]
    public double Threshold { get; init; } = 0.025;

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
