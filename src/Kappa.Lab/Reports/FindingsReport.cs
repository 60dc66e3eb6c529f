using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text;
using Kappa.Checkpoints;
using Kappa.Lab.Experiments;
using Kappa.Lab.Statistics;
using Kappa.Lab.Studies.Compare;
using static Kappa.Lab.Reports.ReportPage;

namespace Kappa.Lab.Reports;

/// <summary>Writes the report of an experiment: the answer, then the evidence.</summary>
public static partial class FindingsReport
{
    private const int MostBands = 5;

    /// <summary>The characters from which a cell is a sentence, which needs width.</summary>
    private const int LongCell = 36;

    /// <summary>Writes a report, whole or not at all.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="experiment">Its experiment.</param>
    /// <param name="findings">What it found.</param>
    /// <param name="results">The results that it was found from.</param>
    /// <param name="environment">Where and by what it was made.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(ExperimentFolder folder, Experiment experiment, Findings findings, CellResults results, RunEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(findings);
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(environment);
        string html = ToHtml(
            experiment.FullName, environment, Body(experiment, findings, results), [(experiment.FullName, File.ReadAllText(folder.Run.PathOf("config.json")))],
            [JsonSerializer.Serialize(Plots(findings), LabJson.Default.FindingPlots)]);
        AtomicFile.Write(folder.ReportFile, stream => stream.Write(Encoding.UTF8.GetBytes(html)));
    }

    /// <summary>Writes a report of findings that no experiment made, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="title">Its heading.</param>
    /// <param name="summary">What was measured.</param>
    /// <param name="findings">What was found.</param>
    /// <param name="config">Name and text of the config that it was found with.</param>
    /// <param name="environment">Where and by what it was made.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, string title, string summary, Findings findings, (string Name, string Text) config, RunEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(findings);
        ArgumentNullException.ThrowIfNull(environment);
        string html = ToHtml(title, environment, Body(summary, findings, ""), [config], [JsonSerializer.Serialize(Plots(findings), LabJson.Default.FindingPlots)]);
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(html)));
    }

    internal static FindingPlots Plots(Findings findings)
    {
        var labels = new List<string>();
        int LabelOf(string name)
        {
            int index = labels.IndexOf(name);
            if (index < 0)
                labels.Add(name);
            return index < 0 ? labels.Count - 1 : index;
        }
        FindingPlots.FindingPlot[][] sections = [.. findings.Sections.Select(section => section.Plots.Select(plot => new FindingPlots.FindingPlot(
            plot.Title, plot.XAxis, plot.YAxis, plot.LogX, plot.LogY,
            [.. plot.Lines.Select(line => new FindingPlots.FindingLine(LabelOf(line.Name), line.X, Finite(line.Y), Band(plot, line.Low), Band(plot, line.High), line.PointsOnly))])).ToArray())];
        return new FindingPlots(labels, sections);
    }

    private static string Body(Experiment experiment, Findings findings, CellResults results) => Body(experiment.Summary, findings, results.Finished.Count == results.Total
        ? ""
        : $"<p class=\"warning\">Only {results.Finished.Count} of {results.Total} pieces of work are finished: the run was interrupted. Resume it to complete this report.</p>\n");

    private static string Body(string summary, Findings findings, string warning)
    {
        var html = new StringBuilder();
        _ = html.Append(CultureInfo.InvariantCulture, $"<section>\n<p>{Escape(summary)}</p>\n").Append(warning);
        _ = html.Append(Paragraphs(findings.Headline, "<p><b>", "</b></p>"));
        return html.Append(Sections(findings)).Append("</section>\n").ToString();
    }

    /// <summary>The sections of findings, the plots of which are those of run 0.</summary>
    internal static string Sections(Findings findings)
    {
        var html = new StringBuilder();
        for (int i = 0; i < findings.Sections.Count; i++)
        {
            var section = findings.Sections[i];
            _ = html.Append(CultureInfo.InvariantCulture, $"<h2>{Escape(section.Title)}</h2>\n").Append(Paragraphs(section.Text, "<p>", "</p>"));
            if (section.Table is { } table)
                _ = html.Append(SectionHtml.Table(table.Columns, table.Rows.Select(row => $"<tr>{string.Concat(row.Select(Cell))}</tr>")));
            if (section.Plots.Count > 0)
                _ = html.Append(CultureInfo.InvariantCulture, $"<div class=\"plots\" data-plots=\"findings\" data-run=\"0\" data-section=\"{i}\"></div>\n");
        }
        return html.ToString();
    }

    /// <summary>An interval stays in one line, as in <see cref="HeadlineTable"/>; a sentence gets the width to be read.</summary>
    private static string Cell(string text)
    {
        string html = Interval().Replace(Escape(text), "<span class=\"interval\">$0</span>");
        return text.Length > LongCell && !text.Contains('[', StringComparison.Ordinal) ? $"<td class=\"long\">{html}</td>" : $"<td>{html}</td>";
    }

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Interval();

    private static string Paragraphs(string text, string open, string close) => text.Length == 0
        ? ""
        : string.Concat(text.ReplaceLineEndings("\n").Split("\n\n").Select(paragraph => $"{open}{Escape(paragraph)}{close}\n"));

    /// <summary>The bands of many lines hide each other; the tables have the intervals.</summary>
    private static double?[]? Band(LinePlot plot, IReadOnlyList<double>? edge) => edge is null || plot.Lines.Count > MostBands ? null : Finite(edge);

    private static double?[] Finite(IReadOnlyList<double> values) => [.. values.Select(value => double.IsFinite(value) ? value : (double?)null)];
}
