namespace Kappa.Lab.Reports.Export;

/// <summary>A table for LaTeX with booktabs: numbers as people read them, intervals in columns of their own, and behind each row its numbers in full as a
/// comment.</summary>
internal static class LatexTable
{
    /// <summary>The text of the file, which a paper can <c>\input</c>.</summary>
    /// <param name="caption">What the table shows.</param>
    /// <param name="label">What <c>\ref</c> calls it, without <c>tab:</c>.</param>
    /// <param name="table">The table.</param>
    internal static string Of(string caption, string label, FindingTable table)
    {
        bool[] haveInterval = [.. table.Columns.Select((_, column) => table.Rows.Any(row => row[column].Interval is not null))];
        string alignment = string.Concat(table.Columns.Select((_, column) => haveInterval[column] ? "rl" : IsOfNumbers(table, column) ? "r" : "l"));
        var text = new StringBuilder();
        _ = text.Append("% needs \\usepackage{booktabs}; behind each row its numbers in full\n\\begin{table}\n\\centering\n")
            .Append(CultureInfo.InvariantCulture, $"\\caption{{{LatexText.Of(caption)}}}\n\\label{{tab:{label}}}\n")
            .Append(CultureInfo.InvariantCulture, $"\\begin{{tabular}}{{{alignment}}}\n\\toprule\n");
        if (table.Columns.Any(column => column.Length > 0))
            _ = text.Append(Row(table.Columns.SelectMany((column, i) => Two(LatexText.Of(column), @"95\% interval", haveInterval[i])))).Append("\n\\midrule\n");
        bool hasGroups = table.IsGrouped && table.Rows.Zip(table.Rows.Skip(1)).Any(pair => pair.First[0].Text == pair.Second[0].Text);
        foreach (var (i, row) in table.Rows.Index())
        {
            bool isSame = table.IsGrouped && i > 0 && table.Rows[i - 1][0].Text == row[0].Text;
            if (hasGroups && i > 0 && !isSame)
                _ = text.Append("\\addlinespace\n");
            var cells = row.SelectMany((cell, column) => isSame && column == 0 ? [""] : Cells(cell, haveInterval[column]));
            string[] full = [.. row.SelectMany(Full)];
            _ = text.Append(Row(cells)).Append(full.Length > 0 ? $" % {string.Join(", ", full)}" : "").Append('\n');
        }
        return text.Append("\\bottomrule\n\\end{tabular}\n\\end{table}\n").ToString();
    }

    private static string Row(IEnumerable<string> cells) => $"{string.Join(" & ", cells)} \\\\";

    private static string[] Two(string first, string second, bool haveSecond) => haveSecond ? [first, second] : [first];

    private static string[] Cells(FindingCell cell, bool haveInterval)
    {
        string Mark(string text) => cell.IsMarked && text.Length > 0 ? $@"\textbf{{\boldmath {text}}}" : text;
        if (cell.Interval is not { } interval)
            return Two(Mark(cell.Value is null ? LatexText.Of(cell.Text) : LatexText.OfNumber(cell.Text)), "", haveInterval);
        string low = LatexText.OfNumber(Figures.Short(interval.Low)), high = LatexText.OfNumber(Figures.Short(interval.High));
        return [Mark(LatexText.OfNumber(Figures.Short(interval.Estimate))), $"{{[}}{low}, {high}{{]}}"];
    }

    private static bool IsOfNumbers(FindingTable table, int column) =>
        table.Rows.Any(row => row[column].Value is not null) && !(column == 0 && table.IsGrouped);

    private static IEnumerable<string> Full(FindingCell cell) => cell switch
    {
        { Interval: { } interval } => [$"{CsvText.Of(interval.Estimate)} [{CsvText.Of(interval.Low)}, {CsvText.Of(interval.High)}]"],
        { Value: { } value } => [CsvText.Of(value)],
        _ => [],
    };
}
