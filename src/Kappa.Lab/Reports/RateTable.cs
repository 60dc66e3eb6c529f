using Kappa.Lab.Statistics;
using Kappa.Lab.Studies.Compare;
using static Kappa.Lab.Reports.ReportWriter;

namespace Kappa.Lab.Reports;

/// <summary>Every learning rate of every optimizer, the best one marked.</summary>
internal static class RateTable
{
    internal static string Of(ReportSection section)
    {
        var rows = section.Summary.Optimizers.SelectMany(optimizer => optimizer.Rates.Select((rate, index) => Row(optimizer, rate, index)));
        return $"""
            <h3>Learning rates</h3>
            <p>The best rate of each optimizer is marked. A rate at an end of its list may not be the best there is: extend the list.</p>
            {SectionHtml.Table(["Optimizer", "Learning rate", "Validation loss", section.Summary.MetricName, "Diverged"], rows)}
            """;
    }

    private static string Row(OptimizerSummary optimizer, RateSummary rate, int index)
    {
        bool isBest = rate == optimizer.Best;
        string label = index == 0 ? $"<th scope=\"rowgroup\" rowspan=\"{optimizer.Rates.Count}\">{Escape(optimizer.Label)}</th>" : "";
        return $"<tr{(isBest ? " class=\"chosen\"" : "")}>{label}<td>{Figures.Rate(rate.LearningRate)}{(isBest ? " ★" : "")}</td>"
            + $"<td>{Figures.Short(rate.ValidationLoss)}</td><td>{Figures.Short(rate.Metric)}</td><td>{rate.Diverged} of {rate.Trials}</td></tr>";
    }
}
