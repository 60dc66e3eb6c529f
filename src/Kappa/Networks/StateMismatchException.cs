namespace Kappa.Networks;

/// <summary>A state does not fit the model or optimizer that it is loaded into.</summary>
public sealed class StateMismatchException : ArgumentException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="missing">Names that were expected and not found.</param>
    /// <param name="unexpected">Names that were found and not expected.</param>
    /// <param name="misshapen">Names whose shape or type differs, with both.</param>
    /// <param name="conflicting">Pairs of names that are one tensor and came with different values; null for none.</param>
    public StateMismatchException(
        IReadOnlyCollection<string> missing, IReadOnlyCollection<string> unexpected, IReadOnlyCollection<string> misshapen,
        IReadOnlyCollection<string>? conflicting = null)
        : this(Describe("the state does not match, and nothing was loaded", missing, unexpected, misshapen, conflicting ?? []))
    {
        Conflicting = conflicting ?? [];
        Missing = missing;
        Unexpected = unexpected;
        Misshapen = misshapen;
    }

    /// <summary>A mismatch that is told in other words.</summary>
    internal StateMismatchException(string message)
        : base(message)
    {
    }

    /// <summary>Names that were expected and not found.</summary>
    public IReadOnlyCollection<string> Missing { get; internal init; } = [];

    /// <summary>Names that were found and not expected.</summary>
    public IReadOnlyCollection<string> Unexpected { get; internal init; } = [];

    /// <summary>Names whose shape or type differs, with both.</summary>
    public IReadOnlyCollection<string> Misshapen { get; internal init; } = [];

    /// <summary>Pairs of names that are one tensor and came with different values.</summary>
    public IReadOnlyCollection<string> Conflicting { get; } = [];

    /// <summary>The text of a mismatch.</summary>
    internal static string Describe(
        string subject, IReadOnlyCollection<string> missing, IReadOnlyCollection<string> unexpected, IReadOnlyCollection<string> misshapen,
        IReadOnlyCollection<string> conflicting)
    {
        var parts = new List<string> { subject };
        if (missing.Count > 0)
            parts.Add($"missing: {string.Join(", ", missing)}");
        if (unexpected.Count > 0)
            parts.Add($"unexpected: {string.Join(", ", unexpected)}");
        if (misshapen.Count > 0)
            parts.Add($"misshapen: {string.Join(", ", misshapen)}");
        if (conflicting.Count > 0)
        {
            parts.Add($"one tensor with different values: {string.Join(", ", conflicting)}; "
                + "leave one of the names out, or load into a model that does not share them");
        }

        return string.Join("; ", parts);
    }
}
