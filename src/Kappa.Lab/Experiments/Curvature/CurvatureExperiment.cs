namespace Kappa.Lab.Experiments.Curvature;

/// <summary>What the experiments of arXiv 2604.14870 share: trained models, a cell for each model and order of the samples, a section and a part of the answer
/// for each model.</summary>
/// <typeparam name="TSettings">Which models, and what is measured at them.</typeparam>
internal abstract class CurvatureExperiment<TSettings> : Experiment<TSettings>
    where TSettings : ModelSettings
{
    public sealed override string Paper => "curvature";

    public sealed override bool ComputesOnDevices => true;

    public sealed override string? Unavailable => Missing(DataCatalog.BrownCorpus);

    private protected sealed override (Choice<DataKind> Choice, Func<TrainingData> Load)? DataOf(TSettings settings) => settings.Data is { } data
        ? (data, () => OwnData.Load(data, isFlat: true, settings.ContextLength))
        : null;

    protected sealed override void Prepare(TSettings settings, CellContext context)
    {
        ProbedModel[] models = [.. settings.Models];
        foreach (var (index, model) in models.Index())
        {
            context.Cancellation.ThrowIfCancellationRequested();
            model.Train(context, new DirectProgress<TrainingProgress>(progress => context.Report((index + Math.Clamp(progress.Share, 0, 1)) / models.Length)));
        }
    }

    protected sealed override IReadOnlyList<ExperimentCell> Cells(TSettings settings) =>
    [
        .. from model in settings.Models
           from seed in Enumerable.Range(0, settings.Seeds)
           select new ExperimentCell(model.Key(seed), context => Run(settings, model, seed, context)),
    ];

    protected sealed override Findings Conclude(TSettings settings, CellResults results)
    {
        var models =
            from model in settings.Models
            let found = results.Of(Enumerable.Range(0, settings.Seeds).Select(model.Key))
            where found.Count > 0
            let finding = Describe(settings, model, found)
            select (finding.Answer, Section: new FindingSection(model.Title, finding.Text) { Table = finding.Table, Plots = finding.Plots });
        var all = models.ToArray();
        return new Findings(Headline(settings, [.. all.Select(one => one.Answer)]), [.. all.Select(one => one.Section)]);
    }

    /// <summary>One cell: a model in one order of the samples.</summary>
    private protected abstract JsonObject Run(TSettings settings, ProbedModel model, int seed, CellContext context);

    /// <summary>What the finished cells of one model say, one or more.</summary>
    private protected abstract ModelFinding Describe(TSettings settings, ProbedModel model, IReadOnlyList<CellResult> found);

    /// <summary>All of it in a sentence, from the answers of the models.</summary>
    private protected abstract string Headline(TSettings settings, string[] answers);

    /// <summary>A mean over seeds and its interval; the bare value of a single one.</summary>
    private protected static Interval Mean(IReadOnlyList<CellResult> found, Func<CellResult, double> number)
    {
        double[] values = [.. found.Select(number)];
        return values.Any(double.IsNaN) ? new Interval(double.NaN, double.NaN, double.NaN)
            : values.Length > 1 ? Bootstrap.Mean(values, new Philox(0).Split("curvature"))
            : new Interval(values[0], double.NaN, double.NaN);
    }

    private protected static string Text(Interval interval, string format = "F2")
    {
        string Number(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return double.IsNaN(interval.Estimate) ? "not finite"
            : double.IsNaN(interval.Low) ? Number(interval.Estimate)
            : $"{Number(interval.Estimate)} [{Number(interval.Low)}, {Number(interval.High)}]";
    }

    /// <summary>The largest of some numbers; NaN where one is NaN, which Enumerable.Max leaves out.</summary>
    private protected static double Largest(IEnumerable<double> values) => values.Aggregate(double.NegativeInfinity, Math.Max);

    private protected static LinePlot LogLog(string title, string x, string y, IEnumerable<PlotLine> lines) =>
        new(title, x, y, [.. lines]) { LogX = true, LogY = true };

    /// <summary>A line over x: the mean over seeds, and the range of them as a band.</summary>
    private protected static PlotLine Line(string name, double[] x, IReadOnlyList<CellResult> found, Func<CellResult, double[]> numbers)
    {
        double[][] seeds = [.. found.Select(numbers)];
        double[] Each(Func<IEnumerable<double>, double> of) => [.. x.Select((_, i) => of(seeds.Select(values => values[i])))];
        var line = new PlotLine(name, x, Each(values => values.Average()));
        return seeds.Length > 1 ? line with { Low = Each(values => values.Min()), High = Each(values => values.Max()) } : line;
    }

    private protected static PlotLine Line(string name, double[] x, IReadOnlyList<CellResult> found) => Line(name, x, found, result => result.Numbers(name));
}

/// <summary>What one model says: its part of the answer, and its section of the report.</summary>
internal sealed record ModelFinding(string Answer, string Text, FindingTable Table, params LinePlot[] Plots);
