using Kappa.Networks;

namespace Kappa.Plasticity;

/// <summary>Settings of <see cref="SpectralRegularization"/>.</summary>
public sealed record SpectralRegularizationOptions
{
    /// <summary>lambda: what the penalty is multiplied by; finite, zero or more.</summary>
    [Range(AtLeast = 0)]
    public double Strength { get; init; } = 1e-4;

    /// <summary>k: the power of the largest singular value that is pulled to 1; 1 or more. The source uses 2.</summary>
    [Range(AtLeast = 1)]
    public int Power { get; init; } = 2;

    /// <summary>Rounds of power iteration in each step, which start where the last step's ended; 1 or more.</summary>
    [Range(AtLeast = 1)]
    public int Iterations { get; init; } = 1;

    /// <summary>Whether biases are penalised by <c>|b|^(2k)</c>, as in the source.</summary>
    public bool IncludeBiases { get; init; } = true;

    /// <summary>Which parameters; null for all matrices and, where asked for, biases.</summary>
    public Func<Parameter, bool>? Where { get; init; }

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; the message names it, what it got and what it takes.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
    }
}
