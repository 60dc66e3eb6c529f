using System.Globalization;
using System.Text.Json;
using System.Text;
using Kappa.Checkpoints;
using Kappa.Lab.Data;
using Kappa.Lab.Statistics;
using Kappa.Lab.Studies.Compare;
using Kappa.Lab.Studies.Train;
using Kappa.Lab.Tasks.Text;
using Kappa.Randomness;
using static Kappa.Lab.Reports.ReportPage;

namespace Kappa.Lab.Reports;

/// <summary>Writes the report of a training run: learning curves, what it ended with, and for text what the model writes.</summary>
public static class TrainingReport
{
    private const int SampleTokens = 600;

    /// <summary>Writes a report, whole or not at all.</summary>
    /// <param name="folder">A finished run.</param>
    /// <param name="config">Its config.</param>
    /// <param name="environment">Where and by what it was made.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(TrainingFolder folder, TrainingConfig config, RunEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(environment);
        var lines = folder.ReadMetrics();
        string html = ToHtml(
            config.Name, environment, Body(config, folder.ReadResult(), SampleOf(folder, config)),
            [(config.Name, config.ToText())],
            [JsonSerializer.Serialize(Plots(lines), LabJson.Default.TrainingPlots)]);
        AtomicFile.Write(folder.ReportFile, stream => stream.Write(Encoding.UTF8.GetBytes(html)));
    }

    internal static TrainingPlots Plots(IReadOnlyList<TrainingLine> lines)
    {
        List<TrainingPlots.Plot> plots =
        [
            new("Loss (nats)", [Line(0, lines, line => line.TrainingLoss), Line(1, lines, line => line.ValidationLoss)]),
        ];
        if (lines.Any(line => line.BitsPerCharacter is not null))
            plots.Add(new("Validation bits per character", [Line(1, lines, line => line.BitsPerCharacter)]));
        if (lines.Any(line => line.Accuracy is not null))
            plots.Add(new("Validation accuracy", [Line(1, lines, line => line.Accuracy)]));
        plots.Add(new("Learning rate", [Line(2, lines, line => line.LearningRate)]));
        plots.Add(new("Gradient norm", [Line(3, lines, line => line.GradientNorm)]));
        var labels = new List<string> { "training", "validation", "learning rate", "gradient norm" };
        DiagnosticsPlots.AddTo(plots, labels, lines);
        return new TrainingPlots(labels, plots);
    }

    private static ReportPlots.BandPlot Line(int label, IReadOnlyList<TrainingLine> lines, Func<TrainingLine, double?> read)
    {
        TrainingLine[] known = [.. lines.Where(line => read(line) is { } value && double.IsFinite(value))];
        double?[] values = [.. known.Select(read)];
        return new ReportPlots.BandPlot(label, [.. known.Select(line => (double)line.Step)], values, values, values);
    }

    private static string Body(TrainingConfig config, TrainingResult? result, string? sample)
    {
        string rows = result is null ? "" : string.Join("\n", new (string Name, string Value)[]
        {
            (result.MetricName, result.Metric.ToString("0.0000", CultureInfo.InvariantCulture)),
            ("loss, nats", result.ValidationLoss.ToString("0.0000", CultureInfo.InvariantCulture)),
            ("parameters", result.Parameters.ToString("N0", CultureInfo.InvariantCulture)),
            ("steps", result.Steps.ToString("N0", CultureInfo.InvariantCulture)),
            ("epochs", Figures.Short(result.Epochs)),
            ("wall-clock time", Figures.Duration(result.Seconds)),
            ("processor time", Figures.Duration(result.ProcessorSeconds)),
        }.Select(row => $"<tr><th scope=\"row\">{row.Name}</th><td>{row.Value}</td></tr>"));
        string text = sample is null ? "" : $"""
            <h3>What it writes</h3>
            <p>Without a prompt, temperature 0.8, seed 0: the first draw, not a chosen one.</p>
            <pre style="white-space: pre-wrap"><code>{Escape(sample)}</code></pre>

            """;
        return $"""
            <section>
            <p>{Escape(config.Model.Name)} on {Escape(config.Data.Name)} by {Escape(config.Optimizer.Title)}, learning rate {Figures.Rate(config.LearningRate)}, batches of {config.BatchSize}, seed {config.Seed}.
            The figures below are over all validation examples; the curves over {(config.ValidationExamples == 0 ? "all" : $"{config.ValidationExamples} at most")}.</p>
            <div class="scroll"><table><tbody>
            {rows}
            </tbody></table></div>
            <h3>Learning curves</h3>
            <div class="plots" data-plots="training" data-run="0"></div>
            {text}</section>

            """;
    }

    private static string? SampleOf(TrainingFolder folder, TrainingConfig config)
    {
        if (!config.Model.Kind.IsForText)
            return null;
        var model = LanguageModel.Load(folder, config);
        return model.Tokenizer.Decode([.. model.Generate(model.Tokenizer.Encode("\n\n"), new SamplingOptions(), new Philox(0)).Take(SampleTokens)]);
    }
}
