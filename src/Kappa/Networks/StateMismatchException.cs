namespace Kappa.Networks;

/// <summary>A state does not fit the model or optimizer that it is loaded into.</summary>
public sealed class StateMismatchException : ArgumentException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="missing">Names that were expected and not found.</param>
    /// <param name="unexpected">Names that were found and not expected.</param>
    /// <param name="misshapen">Names whose shape or type differs, with both.</param>
    public StateMismatchException(IReadOnlyCollection<string> missing, IReadOnlyCollection<string> unexpected, IReadOnlyCollection<string> misshapen)
        : base(Describe(missing, unexpected, misshapen))
    {
        Missing = missing;
        Unexpected = unexpected;
        Misshapen = misshapen;
    }

    /// <summary>Names that were expected and not found.</summary>
    public IReadOnlyCollection<string> Missing { get; }

    /// <summary>Names that were found and not expected.</summary>
    public IReadOnlyCollection<string> Unexpected { get; }

    /// <summary>Names whose shape or type differs, with both.</summary>
    public IReadOnlyCollection<string> Misshapen { get; }

    private static string Describe(IReadOnlyCollection<string> missing, IReadOnlyCollection<string> unexpected, IReadOnlyCollection<string> misshapen)
    {
        var parts = new List<string> { "the state does not match, and nothing was loaded" };
        if (missing.Count > 0)
            parts.Add($"missing: {string.Join(", ", missing)}");
        if (unexpected.Count > 0)
            parts.Add($"unexpected: {string.Join(", ", unexpected)}");
        if (misshapen.Count > 0)
            parts.Add($"misshapen: {string.Join(", ", misshapen)}");
        return string.Join("; ", parts);
    }
}
