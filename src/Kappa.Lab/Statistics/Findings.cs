namespace Kappa.Lab.Statistics;

/// <summary>What a study found; the page, the file for programs and the terminal show it.</summary>
/// <param name="Headline">One or two sentences with the answer, for better or worse; empty for none.</param>
/// <param name="Sections">The evidence, in the order to read it.</param>
public sealed record Findings(string Headline, IReadOnlyList<FindingSection> Sections);
