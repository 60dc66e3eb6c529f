using System.Text.RegularExpressions;
using static Kappa.Lab.Reports.HtmlPage;

namespace Kappa.Lab.Reports;

/// <summary>The HTML of a study: the answer, then the evidence.</summary>
internal static partial class HtmlFindings
{
    private const int MostBands = 5;

    /// <summary>The characters from which a cell is a sentence, which needs width.</summary>
    private const int LongCell = 36;

    internal static void Append(StringBuilder html, ReportPart part, int index, bool isOnly)
    {
        _ = html.Append("<section>\n");
        if (!isOnly)
            _ = html.Append(CultureInfo.InvariantCulture, $"<h2>{Escape(part.Name)}</h2>\n");
        AppendParagraphs(html, part.Summary, "<p>", "</p>");
        AppendParagraphs(html, part.Warning ?? "", "<p class=\"warning\">", "</p>");
        AppendParagraphs(html, part.Findings.Headline, "<p><b>", "</b></p>");
        int plot = 0;
        foreach (var section in part.Findings.Sections)
        {
            string title = Escape(section.Title), level = isOnly ? "h2" : "h3";
            bool isFolded = section.Place == SectionPlace.Folded;
            _ = html.Append(isFolded ? $"<details>\n<summary>{title}</summary>\n" : $"<{level}>{title}</{level}>\n");
            AppendParagraphs(html, section.Text, "<p>", "</p>");
            if (section.Verbatim is { } text)
                _ = html.Append(CultureInfo.InvariantCulture, $"<pre class=\"wrap\"><code>{Escape(text)}</code></pre>\n");
            if (section.Table is { } table)
                AppendTable(html, table);
            string plots = string.Concat(section.Plots.Select(_ => $"<div class=\"plot\" data-part=\"{index}\" data-plot=\"{plot++}\"></div>"));
            _ = html.Append(plots.Length > 0 ? $"<div class=\"plots\">{plots}</div>\n" : "");
            _ = html.Append(isFolded ? "</details>\n" : "");
        }

        _ = html.Append("</section>\n");
    }

    /// <summary>The plots of a study, in the order of its page, as they are drawn.</summary>
    internal static IReadOnlyList<LinePlot> Plots(ReportPart part) => [.. part.Findings.Sections.SelectMany(section => section.Plots).Select(plot => plot with
    {
        Title = VisibleText.Of(plot.Title),
        XAxis = VisibleText.Of(plot.XAxis),
        YAxis = VisibleText.Of(plot.YAxis),
        Marks = [.. plot.Marks.Select(mark => mark with { Text = VisibleText.Of(mark.Text) })],
        Lines = [.. plot.Lines.Select(line => line with
        {
            Name = VisibleText.Of(line.Name),
            Hover = line.Hover?.Select(VisibleText.Of).ToArray(),
            // The bands of many lines hide each other; the tables have the intervals.
            Low = plot.KeepsBands || plot.Lines.Count <= MostBands ? line.Low : null,
            High = plot.KeepsBands || plot.Lines.Count <= MostBands ? line.High : null,
        })],
    })];

    private static void AppendTable(StringBuilder html, FindingTable table)
    {
        _ = html.Append("<div class=\"scroll\"><table>\n");
        if (table.Columns.Any(column => column.Length > 0))
            _ = html.Append("<thead><tr>").AppendJoin("", table.Columns.Select(column => $"<th scope=\"col\">{Escape(column)}</th>")).Append("</tr></thead>\n");
        _ = html.Append("<tbody>\n");
        for (int i = 0; i < table.Rows.Count; i++)
        {
            var row = table.Rows[i];
            _ = html.Append("<tr>");
            if (table.IsGrouped && (i == 0 || row[0].Text != table.Rows[i - 1][0].Text))
            {
                int size = table.Rows.Skip(i).TakeWhile(other => other[0].Text == row[0].Text).Count();
                _ = html.Append(size == 1 ? "<th scope=\"row\">" : $"<th scope=\"rowgroup\" rowspan=\"{size}\">").Append(Escape(row[0].Text)).Append("</th>");
            }

            _ = html.AppendJoin("", row.Skip(table.IsGrouped ? 1 : 0).Select(Cell)).Append("</tr>\n");
        }

        _ = html.Append("</tbody>\n</table></div>\n");
    }

    /// <summary>An interval stays in one line; a sentence gets the width to be read.</summary>
    private static string Cell(FindingCell cell)
    {
        bool isLong = cell.Text.Length > LongCell && !cell.Text.Contains('[', StringComparison.Ordinal);
        string style = cell.IsMarked ? " class=\"best\"" : isLong ? " class=\"long\"" : "";
        return $"<td{style}>{Interval().Replace(Escape(cell.Text), "<span class=\"interval\">$0</span>")}</td>";
    }

    private static void AppendParagraphs(StringBuilder html, string text, string open, string close)
    {
        if (text.Length > 0)
            _ = html.AppendJoin("", text.ReplaceLineEndings("\n").Split("\n\n").Select(paragraph => $"{open}{Escape(paragraph)}{close}\n"));
    }

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Interval();
}
