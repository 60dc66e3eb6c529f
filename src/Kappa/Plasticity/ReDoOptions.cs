namespace Kappa.Plasticity;

/// <summary>Settings of <see cref="ReDo"/>.</summary>
public sealed record ReDoOptions
{
    /// <summary>Steps from one look for dormant units to the next, 1 or more; 1,000 in the source.</summary>
    public int Interval { get; init; } = 1000;

    /// <summary>tau: a unit is dormant where its mean magnitude over that of its layer is at most this; from 0 to 1.</summary>
    public double Threshold { get; init; } = 0.025;

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; the message names it, what it got and what it takes.</exception>
    public void Validate()
    {
        if (Interval < 1)
            throw new ArgumentOutOfRangeException(nameof(Interval), Interval, $"ReDoOptions.Interval takes a whole number of 1 or more; got {Interval}");
        if (Threshold is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(Threshold), Threshold, $"ReDoOptions.Threshold takes a number from 0 up to, but not including, 1; got {Threshold}");
    }
}
