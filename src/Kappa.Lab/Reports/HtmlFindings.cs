using System.Text.RegularExpressions;
using static Kappa.Lab.Reports.HtmlPage;

namespace Kappa.Lab.Reports;

/// <summary>The HTML of a study: the answer, then the evidence.</summary>
internal static partial class HtmlFindings
{
    private const int MostBands = 5;

    /// <summary>The characters from which a cell is a sentence, which needs width.</summary>
    private const int LongCell = 36;

    /// <summary>About how wide a picture is shown, in pixels of the page.</summary>
    private const int PictureWidth = 300;

    internal static string Of(ReportPart part, int index, bool isOnly)
    {
        int plot = 0;
        string level = isOnly ? "h2" : "h3";
        var sections = part.Findings.Sections.Select(section =>
        {
            string title = Escape(section.Title);
            bool isFolded = section.Place == SectionPlace.Folded;
            string plots = string.Concat(section.Plots.Select(_ => $"<div class=\"plot\" data-part=\"{index}\" data-plot=\"{plot++}\"></div>"));
            return (isFolded ? $"<details>\n<summary>{title}</summary>\n" : $"<{level}>{title}</{level}>\n")
                + Paragraphs(section.Text, "<p>", "</p>")
                + (section.Verbatim is { } text ? $"<pre class=\"wrap\"><code>{Escape(text)}</code></pre>\n" : "")
                + (section.Table is { } table ? Table(table) : "")
                + (plots.Length > 0 ? $"<div class=\"plots\">{plots}</div>\n" : "")
                + Pictures(section.Pictures ?? [])
                + (isFolded ? "</details>\n" : "");
        });
        return "<section>\n" + (isOnly ? "" : $"<h2>{Escape(part.Name)}</h2>\n")
            + Paragraphs(part.Findings.Headline, "<p class=\"headline\">", "</p>")
            + Paragraphs(part.Warning ?? "", "<p class=\"warning\">", "</p>")
            + Paragraphs(part.Summary, "<p>", "</p>")
            + string.Concat(sections) + "</section>\n";
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
            Low = plot.KeepsBands || plot.Lines.Count(other => !other.IsReference) <= MostBands ? line.Low : null,
            High = plot.KeepsBands || plot.Lines.Count(other => !other.IsReference) <= MostBands ? line.High : null,
        })],
    })];

    private static string Table(FindingTable table)
    {
        string columns = string.Concat(table.Columns.Select(column => $"<th scope=\"col\">{Escape(column)}</th>"));
        string head = table.Columns.All(column => column.Length == 0) ? "" : $"<thead><tr>{columns}</tr></thead>\n";
        int names = table.IsGrouped ? 1 : 0;
        var rows = table.Rows.Select((row, i) => $"<tr>{(names > 0 ? GroupName(table, i) : "")}{string.Concat(row.Skip(names).Select(Cell))}</tr>\n");
        return $"<div class=\"scroll\"><table>\n{head}<tbody>\n{string.Concat(rows)}</tbody>\n</table></div>\n";
    }

    /// <summary>Pictures as PNG files within the page, small ones with their pixels enlarged.</summary>
    private static string Pictures(IReadOnlyList<GreyPicture> pictures)
    {
        var figures = pictures.Select(picture =>
        {
            string title = Escape(picture.Title), png = Convert.ToBase64String(GreyPng.Encode(picture.Pixels, picture.Width, picture.Height));
            int scale = Math.Max(1, PictureWidth / picture.Width);
            // What it shows is said below it.
            return $"<figure><img src=\"data:image/png;base64,{png}\" alt=\"\" "
                + $"width=\"{picture.Width * scale}\" height=\"{picture.Height * scale}\"><figcaption>{title}</figcaption></figure>";
        });
        return pictures.Count == 0 ? "" : $"<div class=\"pictures\">{string.Concat(figures)}</div>\n";
    }

    private static string GroupName(FindingTable table, int row)
    {
        string name = table.Rows[row][0].Text;
        if (row > 0 && name == table.Rows[row - 1][0].Text)
            return "";
        int size = table.Rows.Skip(row).TakeWhile(other => other[0].Text == name).Count();
        return $"<th scope=\"row{(size == 1 ? "\"" : $"group\" rowspan=\"{size}\"")}>{Escape(name)}</th>";
    }

    /// <summary>An interval stays in one line; a sentence gets the width to be read.</summary>
    private static string Cell(FindingCell cell)
    {
        bool isLong = cell.Text.Length > LongCell && !cell.Text.Contains('[', StringComparison.Ordinal);
        string kind = cell.IsMarked ? "best" : isLong ? "long" : "";
        // A number is not broken at its sign.
        if (cell.Value is not null && !isLong)
            kind = $"{kind} number".TrimStart();
        string style = kind.Length == 0 ? "" : $" class=\"{kind}\"";
        return $"<td{style}>{Interval().Replace(Escape(cell.Text), "<span class=\"interval\">$0</span>")}</td>";
    }

    private static string Paragraphs(string text, string open, string close) => text.Length == 0
        ? ""
        : string.Concat(text.ReplaceLineEndings("\n").Split("\n\n").Select(paragraph => $"{open}{Escape(paragraph)}{close}\n"));

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Interval();
}
