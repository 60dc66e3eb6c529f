namespace Kappa.Lab.Reports;

/// <summary>What a comparison found, in words, tables and plots.</summary>
public static class ComparisonReport
{
    /// <summary>The report of a comparison; a short one where no trial is finished.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <param name="cancellation">Asked before each plot.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static ReportPart Of(ComparisonOutcome outcome, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var findings = outcome.Results.Count == 0 ? new Findings("No trial is finished.", []) : Conclude(outcome, cancellation);
        return new ReportPart(outcome.Config.Name, Setup(outcome), findings, outcome.Config.ToText())
        {
            Warning = ReportPart.Unfinished(outcome.Summary.Finished, outcome.Summary.Total, "trials"),
        };
    }

    private static Findings Conclude(ComparisonOutcome outcome, CancellationToken cancellation)
    {
        List<FindingSection> sections =
        [
            .. ComparisonTables.Headline(outcome),
            new(
                "What the trained model does, against how long it is let loose",
                "Median over the seeds at each optimizer’s best learning rate, with 95% bootstrap intervals.")
            {
                Plots = ComparisonPlots.Horizons(outcome, cancellation),
                Place = SectionPlace.Report,
            },
            new("Does validation loss rank the trials?", Correlation(outcome.Summary)) { Plots = [ComparisonPlots.Scatter(outcome)] },
            new("Learning curves", "At each optimizer’s best learning rate: the median over the seeds, and a band from the smallest to the largest.")
            {
                Plots = ComparisonPlots.LearningCurves(outcome, cancellation),
            },
            ComparisonTables.Rates(outcome.Summary),
            .. ComparisonPictures.Of(outcome),
            .. outcome.Task.Notes.Select(note => note with { Place = SectionPlace.Report }),
        ];
        if (ComparisonTables.Divergences(outcome) is { } divergences)
            sections.Add(divergences);
        return new Findings(Verdict(outcome), sections);
    }

    private static string Setup(ComparisonOutcome outcome)
    {
        var (config, summary) = (outcome.Config, outcome.Summary);
        string model = config.Model is { } given
            ? $"a network with hidden layers [{string.Join(", ", given.Hidden)}] ({given.Activation})"
            : "the task’s own model";
        string batch = config.BatchSize == 0 ? "all examples" : $"batches of {config.BatchSize}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Task {config.Task.Name}, {model}, {config.Steps} steps on {batch}, {config.Seeds.Count} seeds, {summary.Total} trials. "
            + $"Every optimizer trained the same initial networks on the same examples in the same order; its learning rate was swept and "
            + $"{(config.SelectBy == "metric" ? "the test-time metric" : "the validation loss")} chose the best one. The test-time metric is "
            + $"{summary.MetricName} ({Better(summary)}), measured by letting the trained model run along its own predictions.");
    }

    private static string Verdict(ComparisonOutcome outcome)
    {
        var summary = outcome.Summary;
        OptimizerSummary[] finished = [.. ComparisonTables.Main(outcome).Where(row => row.Best is not null)];
        string intervals = $"Medians over {outcome.Config.Seeds.Count} seeds with 95% bootstrap intervals";
        string metric = $"median {summary.MetricName} ({Better(summary)})";
        if (finished.Length < 2)
            return $"{intervals}; {summary.MetricName}: {Better(summary)}.";
        var byLoss = finished.MinBy(row => row.Best!.ValidationLoss!.Estimate)!;
        var byMetric = summary.HigherIsBetter ? finished.MaxBy(row => row.Best!.Metric!.Estimate)! : finished.MinBy(row => row.Best!.Metric!.Estimate)!;
        string text = byLoss == byMetric
            ? $"{byLoss.Label} has both the lowest median validation loss and the best {metric}."
            : $"{byLoss.Label} has the lowest median validation loss, but {byMetric.Label} has the best {metric}.";
        return $"{text} {intervals}; where intervals overlap, the order may be chance.";
    }

    private static string Correlation(ComparisonSummary summary) => "Each point is a trial: any learning rate, any seed. " + (
        summary.RankCorrelation is { } correlation
        ? $"Their rank correlation (Spearman) over all trials is {Figures.Short(correlation)}; {(summary.HigherIsBetter ? "-1" : "1")} would mean that "
          + "validation loss ranks them exactly as deployment does, 0 that it says nothing."
        : "There are too few different trials for a rank correlation.");

    private static string Better(ComparisonSummary summary) => summary.HigherIsBetter ? "higher is better" : "lower is better";
}
