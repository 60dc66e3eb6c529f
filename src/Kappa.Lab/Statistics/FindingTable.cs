using System.Text.Json.Serialization;

namespace Kappa.Lab.Statistics;

/// <summary>A table.</summary>
/// <param name="Columns">Headings; all empty for none.</param>
/// <param name="Rows">Cells, as many in each row as there are columns.</param>
[method: JsonConstructor]
public sealed record FindingTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<FindingCell>> Rows)
{
    /// <summary>A table of text.</summary>
    /// <param name="columns">Headings; all empty for none.</param>
    /// <param name="rows">Cells, as many in each row as there are columns.</param>
    public FindingTable(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
        : this(columns, [.. rows.Select(row => (FindingCell[])[.. row.Select(text => new FindingCell(text))])])
    {
    }

    /// <summary>Whether the first column names its rows; neighbours of one name are a group.</summary>
    public bool IsGrouped { get; init; }

    /// <summary>How many columns a terminal shows, which has less room than a page; null for all.</summary>
    public int? TerminalColumns { get; init; }
}
