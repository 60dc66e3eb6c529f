namespace Kappa.Lab.Reports;

/// <summary>A study as plain text for a terminal: its tables, and the answer below, where the reader looks first.</summary>
public static class TextReport
{
    /// <summary>Writes what was found.</summary>
    /// <param name="output">Takes the text.</param>
    /// <param name="findings">What was found.</param>
    /// <param name="name">What it was found of, for a first line; empty for none.</param>
    public static void Write(TextWriter output, Findings findings, string name = "")
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(findings);
        if (name.Length > 0)
            output.WriteLine($"\n{name}");
        foreach (var section in findings.Sections)
        {
            if (section is { Place: SectionPlace.Everywhere, Table: { } table })
            {
                output.WriteLine($"\n{section.Title}");
                Write(output, table);
            }
            else if (section is { Place: SectionPlace.Everywhere, Plots.Count: 0 })
            {
                output.WriteLine($"\n{section.Title}: {section.Text}{(section.Verbatim is { } text ? $"\n{text}" : "")}");
            }
        }

        output.WriteLine();
        if (findings.Headline.Length > 0)
            output.WriteLine(findings.Headline);
        foreach (var section in findings.Sections.Where(section => section.Place == SectionPlace.Folded))
            output.WriteLine($"{section.Title}; the report says more.");
        output.WriteLine();
    }

    /// <summary>Writes a table, its columns aligned.</summary>
    /// <param name="output">Takes the text.</param>
    /// <param name="table">The table.</param>
    public static void Write(TextWriter output, FindingTable table)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(table);
        int columns = table.TerminalColumns ?? table.Columns.Count;
        IEnumerable<IEnumerable<string>> headings = table.Columns.All(column => column.Length == 0) ? [] : [table.Columns];
        var rows = table.Rows.Select(row => row.Select(cell => cell.Text));
        string[][] lines = [.. headings.Concat(rows).Select(line => line.Take(columns).Select(Cell).ToArray())];
        if (lines.Length == 0)
            return;
        int[] widths = [.. Enumerable.Range(0, columns).Select(column => lines.Max(line => line[column].Length))];
        foreach (string[] line in lines)
            output.WriteLine("  " + string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    private static string Cell(string text) => VisibleText.Of(text).Replace("\n", "\\u000a", StringComparison.Ordinal);
}
