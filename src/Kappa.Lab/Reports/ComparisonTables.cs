namespace Kappa.Lab.Reports;

/// <summary>The tables of a comparison.</summary>
internal static class ComparisonTables
{
    /// <summary>One row for each optimizer at its best learning rate; controls in a table of their own.</summary>
    internal static IEnumerable<FindingSection> Headline(ComparisonOutcome outcome)
    {
        var rows = Rows(outcome);
        FindingTable Table(bool areControls) => TableOf(outcome.Summary, [.. rows[areControls]], areControls);
        if (rows.Contains(false))
            yield return new FindingSection("The optimizers, each at its best learning rate", "") { Table = Table(areControls: false) };
        if (rows.Contains(true))
            yield return new FindingSection("Controls", "Each changes one thing, to show where a difference comes from.") { Table = Table(areControls: true) };
    }

    /// <summary>The optimizers that are no controls.</summary>
    internal static OptimizerSummary[] Main(ComparisonOutcome outcome) => [.. Rows(outcome)[false].Select(row => row.Summary)];

    /// <summary>Every learning rate of every optimizer, the best one marked.</summary>
    internal static FindingSection Rates(ComparisonSummary summary) => new(
        "Learning rates", "The best rate of each optimizer is marked. A rate at an end of its list may not be the best there is: extend the list.")
    {
        Table = new FindingTable(
            ["Optimizer", "Learning rate", "Validation loss", summary.MetricName, "Diverged"],
            [.. summary.Optimizers.SelectMany(optimizer => optimizer.Rates.Select(rate => Row(optimizer.Label, rate, rate == optimizer.Best)))])
        {
            IsGrouped = true,
        },
        Place = SectionPlace.Report,
    };

    internal static FindingSection? Divergences(ComparisonOutcome outcome)
    {
        TrialResult[] diverged = [.. outcome.Results.Where(result => result.Diverged is not null)];
        return diverged.Length == 0 ? null : new FindingSection($"{diverged.Length} of {outcome.Summary.Finished} trials diverged", "")
        {
            Table = new FindingTable(
                ["Optimizer", "Learning rate", "Seed", "Step", "What was not finite"],
                [.. diverged.Select(result => (FindingCell[])[
                    result.Optimizer, Rate(result.LearningRate),
                    new FindingCell(result.Seed.ToString(CultureInfo.InvariantCulture)) { Value = result.Seed }, FindingCell.Of(result.Steps),
                    result.Diverged!])])
            {
                IsGrouped = true,
            },
            Place = SectionPlace.Folded,
        };
    }

    /// <summary>Every optimizer and what it changes, by whether it is a control.</summary>
    private static ILookup<bool, (OptimizerSummary Summary, string Change)> Rows(ComparisonOutcome outcome) => outcome.Config.Optimizers
        .Select(optimizer => (outcome.Summary.Optimizers.First(summary => summary.Label == optimizer.Label), Change: ChangeOf(outcome.Config, optimizer)))
        .ToLookup(row => row.Change.Length > 0);

    private static string ChangeOf(ComparisonConfig config, OptimizerConfig optimizer)
    {
        var changes = new List<string>();
        if (optimizer.Whiten)
            changes.Add("inputs PCA-whitened beforehand");
        if (optimizer.ActivationPreconditioning?.Settings?.Layers is { } layers and not LayerSelection.All)
            changes.Add(layers == LayerSelection.First ? "preconditioning on the first layer only" : "preconditioning on all layers but the first");
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

    private static FindingTable TableOf(ComparisonSummary summary, (OptimizerSummary Summary, string Change)[] optimizers, bool areControls)
    {
        bool isMarked = !areControls && optimizers.Length > 1;
        double? bestLoss = isMarked ? optimizers.Min(row => row.Summary.Best?.ValidationLoss?.Estimate) : null;
        var metrics = optimizers.Select(row => row.Summary.Best?.Metric?.Estimate);
        double? bestMetric = !isMarked ? null : summary.HigherIsBetter ? metrics.Max() : metrics.Min();
        string[] change = areControls ? ["What it changes"] : [];
        return new FindingTable(
            ["Optimizer", .. change, "Learning rate", "Validation loss", summary.MetricName, "Best rate by that metric", "Time per step", "Diverged"],
            [.. optimizers.Select(entry => (FindingCell[])[
                entry.Summary.Label, .. change.Select(_ => new FindingCell(entry.Change)), Rate(entry.Summary.Best?.LearningRate),
                Marked(entry.Summary.Best?.ValidationLoss, bestLoss), Marked(entry.Summary.Best?.Metric, bestMetric),
                Rate(entry.Summary.BestByMetric?.LearningRate),
                new FindingCell(Figures.Duration(entry.Summary.SecondsPerStep)) { Value = entry.Summary.SecondsPerStep },
                $"{entry.Summary.Rates.Sum(rate => rate.Diverged)} of {entry.Summary.Rates.Sum(rate => rate.Trials)}"])])
        {
            IsGrouped = true,
            TerminalColumns = 4 + change.Length,
        };
    }

    private static FindingCell[] Row(string label, RateSummary rate, bool isBest)
    {
        FindingCell[] cells = [Rate(rate.LearningRate), FindingCell.Of(rate.ValidationLoss), FindingCell.Of(rate.Metric), $"{rate.Diverged} of {rate.Trials}"];
        if (isBest)
            cells = [cells[0] with { Text = $"{cells[0].Text} ★" }, .. cells.Skip(1)];
        return [label, .. cells.Select(cell => cell with { IsMarked = isBest })];
    }

    private static FindingCell Marked(Interval? interval, double? best) =>
        FindingCell.Of(interval) with { IsMarked = interval is not null && interval.Estimate == best };

    private static FindingCell Rate(double? rate) => rate is { } value ? new FindingCell(Figures.Rate(value)) { Value = value } : "–";
}
