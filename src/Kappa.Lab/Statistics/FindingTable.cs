namespace Kappa.Lab.Statistics;

/// <summary>A table.</summary>
/// <param name="Columns">Headings.</param>
/// <param name="Rows">Cells, as many in each row as there are columns.</param>
public sealed record FindingTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);
