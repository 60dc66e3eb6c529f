namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>What settings of activation preconditioning do, each varied alone.</summary>
internal static class AblationTable
{
    /// <summary>The table; null where nothing was varied.</summary>
    /// <param name="results">The results.</param>
    /// <param name="pairs">Every method beside its reference, by the deployed metric and by the validation loss.</param>
    /// <param name="resampling">The source of the resamples.</param>
    internal static FindingSection? Of(
        SettingResults results, IReadOnlyList<(PairedDifference Metric, PairedDifference Loss)> pairs, Bootstrap resampling)
    {
        var varied = pairs.Where(pair => pair.Metric.Method.Method.Ablation is not null).ToArray();
        if (varied.Length == 0)
            return null;
        var (facts, options, reference) = (results.Facts, results.Settings.ActivationPreconditioning, varied[0].Metric.Reference);
        var rows = new List<FindingCell[]>();
        string edges = "";
        foreach (var group in varied.GroupBy(pair => pair.Metric.Method.Method.Ablation!.Setting))
        {
            Row[] all =
            [
                .. group.Select(pair => new Row(pair.Metric.Method.Method.Ablation!.Value, pair.Metric.Method, pair.Metric, pair.Loss))
                    .Append(new Row(Ablation.In(options, group.Key), reference, null, null)).OrderBy(row => row.Value),
            ];
            var best = group.Key == Ablation.Gamma ? BestAtEdge(all, facts.HigherIsBetter) : null;
            rows.AddRange(all.Select(row => row.Cells(Ablation.TitleOf(group.Key), row == best, resampling)));
            if (best is not null)
                edges = Figures.Say($" The best gamma by the median, {best.Value}, is at the edge of those tried: one beyond it may be better.");
        }
        return new FindingSection(
            "What settings of activation preconditioning do",
            $"One is varied, the others are as in {reference.Method.Title} (gamma {Figures.Rate(options.Gamma)}, refresh interval {options.RefreshInterval}, "
            + $"moving average {Figures.Rate(options.MovingAverage)}); every one has a rate chosen as that of the others. Differences are to it. "
            + $"{FeedbackFindings.VerdictText}{edges}")
        {
            Table = new FindingTable(
                [
                    "setting", "value", "rate", "seconds", "validation loss", facts.MetricName, $"difference of {facts.MetricName}", "verdict",
                    "difference of validation loss", "verdict",
                ],
                rows) { IsGrouped = true },
        };
    }

    /// <summary>The row of the best median where that is the first or the last value and no value between is as good; null otherwise. A gamma of 0 has none
    /// below.</summary>
    private static Row? BestAtEdge(Row[] rows, bool higherIsBetter)
    {
        double Metric(Row row)
        {
            double[] values = [.. row.Method.ByMetric.Select(run => run.Metric).OfType<double>()];
            return values.Length == 0 ? double.PositiveInfinity : higherIsBetter ? -Bootstrap.MedianOf(values) : Bootstrap.MedianOf(values);
        }
        double best = rows.Min(Metric);
        Row[] ones = [.. rows.Where(row => Metric(row) == best)];
        return double.IsFinite(best) && ones.All(row => (row == rows[0] && row.Value > 0) || row == rows[^1]) ? ones[^1] : null;
    }

    private sealed record Row(double Value, MethodResult Method, PairedDifference? Metric, PairedDifference? Loss)
    {
        internal FindingCell[] Cells(string setting, bool isEdge, Bootstrap resampling) =>
        [
            setting, Figures.Rate(Value) + (isEdge ? " (edge)" : ""), Method.ChosenText, FindingCell.Of(Method.Seconds),
            FindingCell.Of(FeedbackFindings.MedianOf(Method.ByMetric, run => run.ValidationLoss, resampling)),
            FindingCell.Of(FeedbackFindings.MedianOf(Method.ByMetric, run => run.Metric, resampling)),
            Metric is null ? "" : FeedbackFindings.Cell(Metric.Difference), Metric?.Verdict ?? "as in the study",
            Loss is null ? "" : FeedbackFindings.Cell(Loss.Difference), Loss?.Verdict ?? "as in the study",
        ];
    }
}
