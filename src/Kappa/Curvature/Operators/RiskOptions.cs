namespace Kappa.Curvature.Operators;

/// <summary>Settings of an <see cref="EmpiricalRisk"/>.</summary>
public sealed record RiskOptions
{
    /// <summary>Samples of one forward pass, 1 or more; results do not depend on it beyond rounding, memory does.</summary>
    [Range(AtLeast = 1)]
    public int BatchSize { get; init; } = 32;

    /// <summary>Which parameters: a name such as <c>head.weight</c>, a layer such as <c>block0</c>, a pattern such as <c>block*.mlp.*</c> where a star is any
    /// text, or null for all.</summary>
    public string? Parameters { get; init; }

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of range.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
    }
}
