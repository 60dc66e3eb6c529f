namespace Kappa.Diagnostics;

/// <summary>In which steps of a training run something is measured.</summary>
/// <param name="Interval">Steps between measurements, 1 or more; 0 for never.</param>
public sealed record Observe(int Interval)
{
    /// <summary>Never.</summary>
    public static Observe Never { get; } = new(0);

    /// <summary>After every so many steps, and before the first.</summary>
    /// <param name="steps">1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">Zero or negative.</exception>
    public static Observe Every(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        return new Observe(steps);
    }

    /// <summary>Whether to measure now.</summary>
    /// <param name="stepsDone">Steps that were made.</param>
    public bool IsDue(long stepsDone) => Interval > 0 && stepsDone % Interval == 0;
}
