namespace Kappa.Lab.Reports;

/// <summary>Findings as JSON for programs: what <see cref="TextReport"/> is for people.</summary>
public static class FindingsJson
{
    /// <summary>Findings as an object: <c>headline</c>, and <c>sections</c> with <c>title</c>, <c>text</c> and, where there is a table, <c>rows</c>.</summary>
    /// <param name="findings">What was found.</param>
    public static JsonObject Of(Findings findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        return new JsonObject { ["headline"] = findings.Headline, ["sections"] = new JsonArray([.. findings.Sections.Select(Of)]) };
    }

    /// <summary>The rows of a table, each an object whose fields are the columns by their headings; a column without one is <c>column 1</c> and so on.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <returns>Numbers in full; those that are not finite are <c>"NaN"</c>, <c>"Infinity"</c> and <c>"-Infinity"</c>, an estimate with an interval is an
    /// object of <c>estimate</c>, <c>low</c> and <c>high</c>, and what is not there is null.</returns>
    public static JsonArray Of(FindingTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        string[] names = NamesOf(table.Columns);
        return new JsonArray([.. table.Rows.Select(row => (JsonNode)new JsonObject(
            row.Zip(names, (cell, name) => KeyValuePair.Create(name, Of(cell)))))]);
    }

    private static JsonNode Of(FindingSection section)
    {
        var result = new JsonObject { ["title"] = section.Title, ["text"] = section.Text };
        if (section.Verbatim is { } verbatim)
            result["verbatim"] = verbatim;
        if (section.Table is { } table)
            result["rows"] = Of(table);
        return result;
    }

    private static JsonNode? Of(FindingCell cell) => cell switch
    {
        { Interval: { } interval } => new JsonObject
        {
            ["estimate"] = Number(interval.Estimate), ["low"] = Number(interval.Low), ["high"] = Number(interval.High),
        },
        { Value: { } value } => Number(value),
        { Text: "" or FindingCell.Nothing } => null,
        _ => JsonValue.Create(cell.Text),
    };

    private static JsonValue Number(double value) => double.IsFinite(value)
        ? JsonValue.Create(value)
        : JsonValue.Create(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Two columns of one heading are told apart by a number.</summary>
    private static string[] NamesOf(IReadOnlyList<string> columns)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. columns.Select((column, i) =>
        {
            string name = column.Length == 0 ? string.Create(CultureInfo.InvariantCulture, $"column {i + 1}") : column;
            int count = seen[name] = seen.GetValueOrDefault(name) + 1;
            return count == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name} ({count})");
        })];
    }
}
