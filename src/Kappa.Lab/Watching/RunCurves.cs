namespace Kappa.Lab.Watching;

/// <summary>The learning curves of a run as they stand.</summary>
/// <param name="choices">What configs may name.</param>
internal sealed class RunCurves(Choices choices)
{
    private const string MetricsName = "metrics.jsonl";

    /// <summary>The curves; no plots where the run has none, and how many lines could not be read.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="ConfigException">The config of a comparison says what this version does not know.</exception>
    internal (IReadOnlyList<LinePlot> Plots, int Unreadable) Of(RunManifest manifest, string folder) => manifest.Kind switch
    {
        TrainingFolder.Kind => OfTraining(folder),
        ComparisonFolder.Kind => OfTrials(ComparisonConfig.Parse(manifest.Config.ToJsonString(), choices), folder),
        SweepPlan.Kind => OfSweep(folder),
        _ => ([], 0),
    };

    private static (IReadOnlyList<LinePlot> Plots, int Unreadable) OfTraining(string folder)
    {
        var (lines, unreadable) = Read<TrainingLine>(folder);
        return (lines.Count == 0 ? [] : TrainingReport.Plots(lines), unreadable);
    }

    /// <summary>One line for each optimizer.</summary>
    private static (IReadOnlyList<LinePlot> Plots, int Unreadable) OfTrials(ComparisonConfig config, string folder)
    {
        var there = RunMeasure.Trials(folder).ToDictionary(trial => Path.GetFileName(trial));
        return Losses(
            config.Trials().Where(trial => there.ContainsKey(trial.FolderName)).Select(trial => new Log<MetricsLine>(
                trial.Optimizer.Label, FormattableString.Invariant($"learning rate {Figures.Rate(trial.LearningRate)}, seed {trial.Seed}"),
                there[trial.FolderName])),
            line => line.Step, line => line.ValidationLoss, line => line.TrainingLoss);
    }

    private static (IReadOnlyList<LinePlot> Plots, int Unreadable) OfSweep(string folder)
    {
        string prepared = Path.Combine(folder, "prepared");
        return Losses(
            (ShownFolder.HasFolder(prepared) ? ShownFolder.FoldersIn(prepared) : [])
                .Select(trial => new Log<TrainingLine>("trials", Path.GetFileName(trial), trial)),
            line => line.Step, line => line.ValidationLoss, line => line.TrainingLoss);
    }

    /// <summary>The losses of several trainings: those of one name are one line, with a gap after each.</summary>
    private static (IReadOnlyList<LinePlot> Plots, int Unreadable) Losses<T>(
        IEnumerable<Log<T>> logs, Func<T, double> step, Func<T, double?> validation, Func<T, double?> training)
        where T : class
    {
        var read = logs.Select(log => (log.Name, log.Hover, Read: Read<T>(log.Folder))).Where(log => log.Read.Lines.Count > 0).ToArray();
        LinePlot Plot(string title, Func<T, double?> value) => new(title, "step", "", [.. read.GroupBy(log => log.Name).Select(own => Joined(
            own.Key, own.Select(log => (log.Hover, DiagnosticsPlots.Line("", log.Read.Lines, step, value)))))])
        {
            LogY = true,
        };
        return (read.Length == 0 ? [] : [Plot("Validation loss", validation), Plot("Training loss", training)], read.Sum(log => log.Read.Unreadable));
    }

    private static (IReadOnlyList<T> Lines, int Unreadable) Read<T>(string folder)
        where T : class
    {
        string path = Path.Combine(folder, MetricsName);
        return ShownFolder.HasFile(path) ? MetricsLook.All<T>(path) : ([], 0);
    }

    /// <summary>Lines as one, with a gap after each.</summary>
    private static PlotLine Joined(string name, IEnumerable<(string Hover, PlotLine Line)> lines)
    {
        var all = lines.Where(one => one.Line.X.Count > 0).ToArray();
        static IEnumerable<double> Gapped(IEnumerable<double> values) => values.Append(double.NaN);
        return new PlotLine(name, [.. all.SelectMany(one => Gapped(one.Line.X))], [.. all.SelectMany(one => Gapped(one.Line.Y))])
        {
            Hover = [.. all.SelectMany(one => Enumerable.Repeat(one.Hover, one.Line.X.Count + 1))],
        };
    }

    /// <summary>The metrics of a training among others.</summary>
    private readonly record struct Log<T>(string Name, string Hover, string Folder);
}
