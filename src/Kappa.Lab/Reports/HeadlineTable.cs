using System.Globalization;
using System.Text;
using Kappa.Lab.Statistics;
using Kappa.Lab.Studies;
using Kappa.Lab.Studies.Compare;
using static Kappa.Lab.Reports.ReportWriter;

namespace Kappa.Lab.Reports;

/// <summary>One row for each optimizer at its best learning rate; controls in a table of their own.</summary>
internal static class HeadlineTable
{
    internal static string Of(ReportSection section)
    {
        var pairs = section.Config.Optimizers.Zip(section.Summary.Optimizers).ToArray();
        var main = pairs.Where(pair => !IsControl(section.Config, pair.First)).ToArray();
        var controls = pairs.Where(pair => IsControl(section.Config, pair.First)).ToArray();
        var html = new StringBuilder();
        if (main.Length > 0)
        {
            _ = html.Append("<h3>The optimizers, each at its best learning rate</h3>\n")
                .Append(TableOf(section, [.. main.Select(pair => pair.Second)], null))
                .Append(Verdict(section, [.. main.Select(pair => pair.Second)]));
        }
        if (controls.Length > 0)
        {
            _ = html.Append("<h3>Controls</h3>\n<p>Each changes one thing, to show where a difference comes from.</p>\n")
                .Append(TableOf(section, [.. controls.Select(pair => pair.Second)], [.. controls.Select(pair => ChangeOf(section.Config, pair.First))]));
        }
        return html.ToString();
    }

    internal static bool IsControl(ComparisonConfig config, OptimizerConfig optimizer) => ChangeOf(config, optimizer).Length > 0;

    private static string ChangeOf(ComparisonConfig config, OptimizerConfig optimizer)
    {
        var changes = new List<string>();
        if (optimizer.Whiten)
            changes.Add("inputs PCA-whitened beforehand");
        if (optimizer.ActivationPreconditioning?.Settings?.Layers is { } layers and not "all")
            changes.Add(layers == "first" ? "preconditioning on the first layer only" : "preconditioning on all layers but the first");
        if (optimizer.Steps != config.Steps)
            changes.Add(string.Create(CultureInfo.InvariantCulture, $"{optimizer.Steps} steps instead of {config.Steps}"));
        if (optimizer.Model is { } model)
        {
            changes.Add(model.Hidden.Count == 0
                ? "a linear model"
                : $"another network: [{string.Join(", ", model.Hidden)}], {model.Activation}, initializer {model.Initializer}");
        }
        return string.Join("; ", changes);
    }

    private static string TableOf(ReportSection section, OptimizerSummary[] rows, string[]? changes)
    {
        bool higher = section.Summary.HigherIsBetter;
        bool isMarked = changes is null && rows.Length > 1;
        double? bestLoss = !isMarked ? null : rows.Min(row => row.Best?.ValidationLoss?.Estimate);
        double? bestMetric = !isMarked ? null : higher ? rows.Max(row => row.Best?.Metric?.Estimate) : rows.Min(row => row.Best?.Metric?.Estimate);
        List<string> headings = ["Optimizer", "Learning rate", "Validation loss", section.Summary.MetricName, "Best rate by that metric", "Time per step", "Diverged"];
        if (changes is not null)
            headings.Insert(1, "What it changes");
        return SectionHtml.Table(headings, rows.Select((row, index) =>
        {
            string change = changes is null ? "" : $"<td>{Escape(changes[index])}</td>";
            return $"<tr><th scope=\"row\">{Escape(row.Label)}</th>{change}<td>{Rate(row.Best)}</td>"
                + $"{Cell(row.Best?.ValidationLoss, bestLoss)}{Cell(row.Best?.Metric, bestMetric)}"
                + $"<td>{Rate(row.BestByMetric)}</td><td>{Figures.Duration(row.SecondsPerStep)}</td>"
                + $"<td>{row.Rates.Sum(rate => rate.Diverged)} of {row.Rates.Sum(rate => rate.Trials)}</td></tr>";
        }));
    }

    private static string Verdict(ReportSection section, OptimizerSummary[] rows)
    {
        var finished = rows.Where(row => row.Best is not null).ToArray();
        if (finished.Length < 2)
            return "";
        var byLoss = finished.MinBy(row => row.Best!.ValidationLoss!.Estimate)!;
        var byMetric = section.Summary.HigherIsBetter
            ? finished.MaxBy(row => row.Best!.Metric!.Estimate)!
            : finished.MinBy(row => row.Best!.Metric!.Estimate)!;
        string text = byLoss == byMetric
            ? $"{byLoss.Label} has both the lowest median validation loss and the best median {section.Summary.MetricName}."
            : $"{byLoss.Label} has the lowest median validation loss, but {byMetric.Label} has the best median {section.Summary.MetricName}.";
        return $"<p>{Escape(text)} Medians over {section.Config.Seeds.Count} seeds with 95% bootstrap intervals; where intervals overlap, the order may be chance.</p>\n";
    }

    private static string Cell(Interval? interval, double? best) => interval is null
        ? "<td>–</td>"
        : $"<td{(interval.Estimate == best ? " class=\"best\"" : "")}>{Figures.Short(interval.Estimate)} <span class=\"interval\">[{Figures.Short(interval.Low)}, {Figures.Short(interval.High)}]</span></td>";

    private static string Rate(RateSummary? rate) => rate is null ? "–" : Figures.Rate(rate.LearningRate);
}
