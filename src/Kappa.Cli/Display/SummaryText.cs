using Kappa.Lab.Reports;
using Kappa.Lab.Statistics;

namespace Kappa.Cli.Display;

/// <summary>The summary at the end of a run, as plain text.</summary>
internal static class SummaryText
{
    internal static void Write(TextWriter output, ReportSection section)
    {
        var summary = section.Summary;
        string[] headings = ["optimizer", "learning rate", "validation loss", summary.MetricName];
        string[][] rows = [.. summary.Optimizers.Select(optimizer => new[]
        {
            optimizer.Label,
            optimizer.Best is { } best ? Figures.Rate(best.LearningRate) : "–",
            Figures.Short(optimizer.Best?.ValidationLoss),
            Figures.Short(optimizer.Best?.Metric),
        })];
        output.WriteLine();
        output.WriteLine($"{summary.Name}: {summary.MetricName}, {(summary.HigherIsBetter ? "higher" : "lower")} is better");
        output.WriteLine($"(median over {section.Config.Seeds.Count} seeds [95% interval], each optimizer at its best learning rate)");
        TextTable.Write(output, headings, rows);
        int diverged = summary.Optimizers.Sum(optimizer => optimizer.Rates.Sum(rate => rate.Diverged));
        if (diverged > 0)
            output.WriteLine($"  {diverged} of {summary.Finished} trials diverged; the report says where.");
        output.WriteLine();
    }
}
