namespace Kappa.Lab.Reports;

/// <summary>What a training run found: what it ended with, learning curves, and for text what the model writes.</summary>
public static class TrainingReport
{
    private const int SampleTokens = 600;
    private const string ConfusionText = "Rows are the classes that validation examples have, columns those that the model gives them.";
    private const string ShiftsText = "The same model on all validation examples as they are, and on copies whose inputs differ.";
    private const string SampleText = "Without a prompt, temperature 0.8, seed 0: the first draw, not a chosen one.";

    /// <summary>The report of a training run.</summary>
    /// <param name="folder">A finished run.</param>
    /// <param name="config">Its config.</param>
    /// <exception cref="IOException">A file of the run is damaged.</exception>
    public static ReportPart Of(TrainingFolder folder, TrainingConfig config)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(config);
        List<FindingSection> sections = [];
        if (folder.ReadResult() is { } result)
        {
            sections.Add(new FindingSection("What it ended with", EndOf(result)) { Table = TableOf(result) });
            if (result.Shifts is { } shifts)
                sections.Add(new FindingSection("Where inputs differ", ShiftsText) { Table = TableOf(result, shifts) });
            if (result.Confusion is { } confusion)
                sections.Add(new FindingSection("Which class is taken for which", ConfusionText) { Table = TableOf(confusion) });
        }
        sections.Add(new FindingSection("Learning curves", "") { Plots = Plots(folder.ReadMetrics()) });
        if (SampleOf(folder, config) is { } sample)
            sections.Add(new FindingSection("What it writes", SampleText) { Verbatim = sample });
        string examples = config.ValidationExamples == 0 ? "all" : $"{config.ValidationExamples} at most";
        string summary = $"{config.Model.Name} on {config.Data.Name} by {config.Optimizer.Title}, learning rate {Figures.Rate(config.Optimizer.LearningRate)}, "
            + $"batches of {config.BatchSize}, seed {config.Seed}. "
            + $"The figures below are over all validation examples; the curves over {examples}.";
        return new ReportPart(config.Name, summary, new Findings(Headline(config, folder.ReadResult()), sections), config.ToText());
    }

    private static string Headline(TrainingConfig config, TrainingResult? result) => result is null
        ? ""
        : Figures.Say($"{config.Name} ends with {result.MetricName} {Figures.Short(result.Metric)} and loss {Figures.Short(result.ValidationLoss)} on all ")
          + Figures.Say($"validation examples, after {result.Steps:N0} steps.");

    private static string EndOf(TrainingResult result) => result.Best is { } best
        ? FormattableString.Invariant($"The best model, of step {best.Step}{(result.StoppedEarly ? "; training stopped early" : "")}.")
        : "";

    private static FindingTable TableOf(ConfusionCounts confusion) => new(
        ["actual", .. confusion.Classes, "recall"],
        [.. confusion.Counts.Select((row, actual) => (FindingCell[])[
            confusion.Classes[actual], .. row.Select(count => FindingCell.Of(count)),
            row.Sum() == 0 ? "" : FindingCell.Of(row[actual] / (double)row.Sum(), "0.000")])]);

    private static FindingTable TableOf(TrainingResult result, IReadOnlyList<ShiftedFigures> shifts) => new(
        ["inputs", "strength", result.MetricName, "difference", "loss", "missing columns"],
        [
            ["as they are", "", FindingCell.Of(result.Metric, "0.0000"), "", FindingCell.Of(result.ValidationLoss, "0.0000"), ""],
            .. shifts.Select(shifted => (FindingCell[])[
                shifted.Shift, FindingCell.Of(shifted.Strength),
                shifted.Metric is { } metric ? FindingCell.Of(metric, "0.0000") : "not finite",
                shifted.Metric is { } other ? FindingCell.Of(other - result.Metric, "+0.0000;-0.0000;0.0000") : "",
                shifted.Loss is { } loss ? FindingCell.Of(loss, "0.0000") : "not finite",
                string.Join(", ", shifted.Missing ?? [])]),
        ]);

    private static FindingTable TableOf(TrainingResult result) => new(
        ["", ""],
        (FindingCell[][])[
            [result.MetricName, FindingCell.Of(result.Metric, "0.0000")],
            .. result.Figures.Where(figure => figure.Key != result.MetricName)
                .Select(figure => (FindingCell[])[figure.Key, FindingCell.Of(figure.Value, "0.0000")]),
            ["loss", FindingCell.Of(result.ValidationLoss, "0.0000")],
            ["parameters", FindingCell.Of(result.Parameters)],
            ["steps", FindingCell.Of(result.Steps)],
            ["epochs", FindingCell.Of(result.Epochs)],
            ["wall-clock time", new FindingCell(Figures.Duration(result.Seconds)) { Value = result.Seconds }],
            ["waited for data", FindingCell.Of(100 * result.DataWait, "0.0\" % of the time\"")],
            ["processor time", new FindingCell(Figures.Duration(result.ProcessorSeconds)) { Value = result.ProcessorSeconds }],
        ]) { IsGrouped = true };

    internal static IReadOnlyList<LinePlot> Plots(IReadOnlyList<TrainingLine> lines)
    {
        PlotLine Line(string name, Func<TrainingLine, double?> read) => DiagnosticsPlots.Line(name, lines, line => line.Step, read);
        PlotMark[] marks = [.. lines.Where(line => line.Amended is not null).Select(line => new PlotMark(line.Step, "amended"))];
        LinePlot Plot(string title, params PlotLine[] lines) => new(title, "step", "", lines) { Marks = marks };
        List<LinePlot> plots = [Plot("Loss (nats)", Line("training", line => line.TrainingLoss), Line("validation", line => line.ValidationLoss))];
        if (lines.Any(line => line.BitsPerCharacter is not null))
            plots.Add(Plot("Validation bits per character", Line("validation", line => line.BitsPerCharacter)));
        if (lines.Any(line => line.Accuracy is not null))
            plots.Add(Plot("Validation accuracy", Line("validation", line => line.Accuracy)));
        foreach (string name in lines.SelectMany(line => line.Figures?.Keys ?? []).Distinct())
            plots.Add(Plot($"Validation {name}", Line("validation", line => line.Figures?.TryGetValue(name, out double value) == true ? value : null)));
        plots.Add(Plot("Learning rate", Line("learning rate", line => line.LearningRate)));
        plots.Add(Plot("Gradient norm", Line("gradient norm", line => line.GradientNorm)));
        return [.. plots, .. DiagnosticsPlots.Of([.. lines.Select(line => line.Diagnostics).OfType<DiagnosticsRecord>()])];
    }

    private static string? SampleOf(TrainingFolder folder, TrainingConfig config)
    {
        if (!config.Model.Kind.IsForText)
            return null;
        var model = LanguageModel.Load(folder, config);
        return model.Tokenizer.Decode([.. model.Generate(model.Tokenizer.Encode("\n\n"), new SamplingOptions(), new Philox(0)).Take(SampleTokens)]);
    }
}
