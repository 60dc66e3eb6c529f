using System.Globalization;
using System.Text;
using Kappa.Lab.Statistics;
using Kappa.Lab.Studies.Compare;
using Kappa.Lab.Tasks;
using static Kappa.Lab.Reports.ReportWriter;

namespace Kappa.Lab.Reports;

/// <summary>The HTML of one comparison.</summary>
internal static class SectionHtml
{
    internal static string Of(ReportSection section, int index, bool isOnly)
    {
        var html = new StringBuilder();
        _ = html.Append(CultureInfo.InvariantCulture, $"<section id=\"run-{index}\">\n");
        if (!isOnly)
            _ = html.Append(CultureInfo.InvariantCulture, $"<h2>{Escape(section.Config.Name)}</h2>\n");
        _ = html.Append(Setup(section))
            .Append(HeadlineTable.Of(section))
            .Append(PlotBox(index, "horizons", "What the trained model does, against how long it is let loose",
                "Median over the seeds at each optimizer’s best learning rate, with 95% bootstrap intervals."))
            .Append(PlotBox(index, "scatter", "Does validation loss rank the trials?", Correlation(section)))
            .Append(PlotBox(index, "curves", "Learning curves",
                "At each optimizer’s best learning rate: the median over the seeds, and a band from the smallest to the largest."))
            .Append(RateTable.Of(section));
        foreach (var note in section.Task.Notes)
            _ = html.Append(Note(note));
        return html.Append(Divergences(section)).Append("</section>\n").ToString();
    }

    internal static string Table(IEnumerable<string> headings, IEnumerable<string> rows) => $"""
        <div class="scroll"><table>
        <thead><tr>{string.Concat(headings.Select(heading => $"<th scope=\"col\">{Escape(heading)}</th>"))}</tr></thead>
        <tbody>
        {string.Join("\n", rows)}
        </tbody>
        </table></div>

        """;

    private static string Setup(ReportSection section)
    {
        var config = section.Config;
        var summary = section.Summary;
        string model = config.Model is { } given
            ? $"a network with hidden layers [{string.Join(", ", given.Hidden)}] ({given.Activation})"
            : "the task’s own model";
        string batch = config.BatchSize == 0 ? "all examples" : $"batches of {config.BatchSize}";
        string missing = summary.Finished < summary.Total
            ? $"<p class=\"warning\">Only {summary.Finished} of {summary.Total} trials are finished: the run was interrupted. Resume it to complete this report.</p>\n"
            : "";
        return $"""
            <p>Task <b>{Escape(config.Task.Name)}</b>, {Escape(model)}, {config.Steps} steps on {batch}, {config.Seeds.Count} seeds,
            {summary.Total} trials. Every optimizer trained the same initial networks on the same examples in the same order; its learning rate was swept and
            {(config.SelectBy == "metric" ? "the test-time metric" : "the validation loss")} chose the best one. The test-time metric is
            <b>{Escape(summary.MetricName)}</b> ({(summary.HigherIsBetter ? "higher" : "lower")} is better), measured by letting the trained model run along its own predictions.</p>
            {missing}
            """;
    }

    private static string PlotBox(int index, string kind, string heading, string text) => $"""
        <h3>{heading}</h3>
        <p>{text}</p>
        <div class="plots" data-plots="{kind}" data-run="{index}"></div>

        """;

    private static string Correlation(ReportSection section)
    {
        var summary = section.Summary;
        string meaning = summary.HigherIsBetter ? "-1" : "1";
        string figure = summary.RankCorrelation is { } correlation
            ? $"Their rank correlation (Spearman) over all trials is <b>{Figures.Short(correlation)}</b>; {meaning} would mean that validation loss ranks them exactly as deployment does, 0 that it says nothing."
            : "There are too few different trials for a rank correlation.";
        return $"Each point is a trial: any learning rate, any seed. {figure}";
    }

    private static string Note(ReportNote note)
    {
        string text = string.Concat(note.Text.ReplaceLineEndings("\n").Split("\n\n").Select(paragraph => $"<p>{Escape(paragraph)}</p>\n"));
        string table = note is { Columns: { } columns, Rows: { } rows }
            ? Table(columns, rows.Select(row => $"<tr>{string.Concat(row.Select(cell => $"<td>{Escape(cell)}</td>"))}</tr>"))
            : "";
        return $"<h3>{Escape(note.Title)}</h3>\n{text}{table}";
    }

    private static string Divergences(ReportSection section)
    {
        TrialResult[] diverged = [.. section.Results.Where(result => result.Diverged is not null)];
        if (diverged.Length == 0)
            return "";
        var items = diverged.Select(result =>
            $"<li>{Escape(result.Optimizer)}, learning rate {Figures.Rate(result.LearningRate)}, seed {result.Seed}, step {result.Steps}: {Escape(result.Diverged!)}</li>");
        return $"<details><summary>{diverged.Length} trials diverged</summary>\n<ul>\n{string.Join("\n", items)}\n</ul>\n</details>\n";
    }
}
