namespace Kappa.Lab.Reports;

/// <summary>What a paper reports of that which an experiment measures: facts, cited, and shown beside ours.</summary>
/// <param name="Place">Where in the paper, such as <c>figure 2</c>.</param>
/// <param name="Says">What is measured and reported there.</param>
internal sealed record PaperReference(string Place, string Says)
{
    /// <summary>The numbers of a table; columns of their own beside ours.</summary>
    internal IReadOnlyList<PaperNumber> Numbers { get; init; } = [];

    /// <summary>What is drawn in our plots.</summary>
    internal Func<LinePlot, LinePlot> Drawn { get; init; } = plot => plot;

    /// <summary>Findings with those of the paper beside.</summary>
    internal Findings Beside(Findings ours) => ours with
    {
        Sections =
        [
            .. ours.Sections.Select(section => section with
            {
                Table = section.Table is { } table ? Beside(table) : null,
                Plots = [.. section.Plots.Select(plot => plot.Lines.Any(line => line.X.Count > 0) ? Drawn(plot) : plot)],
            }),
        ],
    };

    private FindingTable Beside(FindingTable table)
    {
        // The last first, so that those before stay where they are.
        foreach (int column in Enumerable.Range(0, table.Columns.Count).Reverse())
        {
            var theirs = Numbers.Where(number => number.Column == table.Columns[column]).ToDictionary(number => number.Row);
            if (theirs.Count == 0)
                continue;
            table = table with
            {
                Columns = With(table.Columns, column, $"{table.Columns[column]}, the paper"),
                Rows =
                [
                    .. table.Rows.Select(row => With(
                        row, column, theirs.TryGetValue(row[0].Text, out var number) ? new FindingCell(number.Text) { Value = number.Value } : "")),
                ],
                TerminalColumns = table.TerminalColumns is { } shown && shown > column ? shown + 1 : table.TerminalColumns,
            };
        }
        return table;
    }

    private static T[] With<T>(IReadOnlyList<T> all, int behind, T one) => [.. all.Take(behind + 1), one, .. all.Skip(behind + 1)];
}
