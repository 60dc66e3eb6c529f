namespace Kappa.Lab.Reports.Export;

/// <summary>Files of comma-separated values (RFC 4180), with numbers that read back to the same bits.</summary>
internal static class CsvText
{
    /// <summary>Headings of tables; what a column has more than one number for is said behind its name.</summary>
    private const string Low = " low", High = " high", Shown = " as shown";

    /// <summary>A table: of an estimate its interval in two more columns, and where more than a number is shown, such as a unit, that as well.</summary>
    internal static string Of(FindingTable table)
    {
        var columns = table.Columns.SelectMany((heading, i) => Columns(
            heading.Length > 0 ? heading : string.Create(CultureInfo.InvariantCulture, $"column {i + 1}"), [.. table.Rows.Select(row => row[i])])).ToArray();
        var rows = Enumerable.Range(0, table.Rows.Count).Select(row => columns.Select(column => column.Cells[row]));
        return Lines(columns.Select(column => column.Heading), rows);
    }

    /// <summary>The points of a plot, one in each line of the file.</summary>
    internal static string Of(LinePlot plot) => Lines(
        ["line", plot.XAxis.Length > 0 ? plot.XAxis : "x", plot.YAxis.Length > 0 ? plot.YAxis : plot.Title, "low", "high", "note"],
        plot.Lines.SelectMany(line => line.X.Select((x, i) => (IEnumerable<string>)
            [line.Name, Of(x), Of(line.Y[i]), Of(line.Low?[i]), Of(line.High?[i]), line.Hover?[i] ?? ""])));

    /// <summary>A number in full; nothing for null.</summary>
    internal static string Of(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static IEnumerable<(string Heading, string[] Cells)> Columns(string heading, FindingCell[] cells)
    {
        if (cells.Any(cell => cell.Interval is not null))
        {
            yield return (heading, [.. cells.Select(cell => cell.Interval is { } interval ? Of(interval.Estimate) : Of(cell.Value))]);
            yield return (heading + Low, [.. cells.Select(cell => Of(cell.Interval?.Low))]);
            yield return (heading + High, [.. cells.Select(cell => Of(cell.Interval?.High))]);
            yield break;
        }
        if (cells.All(cell => cell.Value is null))
        {
            yield return (heading, [.. cells.Select(cell => cell.Text)]);
            yield break;
        }
        yield return (heading, [.. cells.Select(cell => Of(cell.Value))]);
        if (cells.Any(cell => cell.Value is { } value && double.IsFinite(value) && !IsNumber(cell.Text)))
            yield return (heading + Shown, [.. cells.Select(cell => cell.Text)]);
    }

    private static bool IsNumber(string text) =>
        double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out _);

    private static string Lines(IEnumerable<string> headings, IEnumerable<IEnumerable<string>> rows) =>
        string.Concat(rows.Prepend(headings).Select(row => string.Join(',', row.Select(Field)) + "\r\n"));

    private static string Field(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") >= 0 || text.Length > 0 && (text[0] == ' ' || text[^1] == ' ')
            ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : text;
}
