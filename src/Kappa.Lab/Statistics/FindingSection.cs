namespace Kappa.Lab.Statistics;

/// <summary>A part of what an experiment found.</summary>
/// <param name="Title">A heading.</param>
/// <param name="Text">Plain text; an empty line begins a new paragraph.</param>
public sealed record FindingSection(string Title, string Text)
{
    /// <summary>A table, shown on the terminal too; null for none.</summary>
    public FindingTable? Table { get; init; }

    /// <summary>Plots, for the report.</summary>
    public IReadOnlyList<LinePlot> Plots { get; init; } = [];
}
