namespace Kappa.Lab.Statistics;

/// <summary>A table.</summary>
/// <param name="columns">Headings; all empty for none.</param>
/// <param name="rows">Cells, as many in each row as there are columns.</param>
public sealed class FindingTable(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<FindingCell>> rows)
{
    /// <summary>A table of text.</summary>
    /// <param name="columns">Headings; all empty for none.</param>
    /// <param name="rows">Cells, as many in each row as there are columns.</param>
    public FindingTable(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
        : this(columns, [.. rows.Select(row => (FindingCell[])[.. row.Select(text => new FindingCell(text))])])
    {
    }

    /// <summary>Headings; all empty for none.</summary>
    public IReadOnlyList<string> Columns { get; } = columns;

    /// <summary>Cells, as many in each row as there are columns.</summary>
    public IReadOnlyList<IReadOnlyList<FindingCell>> Rows { get; } = rows;

    /// <summary>Whether the first column names its rows; neighbours of one name are a group.</summary>
    public bool IsGrouped { get; init; }

    /// <summary>How many columns a terminal shows, which has less room than a page; null for all.</summary>
    public int? TerminalColumns { get; init; }
}
