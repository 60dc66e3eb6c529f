namespace Kappa.Lab.Reports;

/// <summary>The plots of a comparison; one line for each optimizer.</summary>
internal static class ComparisonPlots
{
    /// <summary>From how many times the smallest the largest metric needs a logarithmic axis.</summary>
    private const double Wide = 30;

    /// <summary>Each figure of the deployed models against horizon.</summary>
    internal static IReadOnlyList<LinePlot> Horizons(ComparisonOutcome outcome, CancellationToken cancellation)
    {
        ILookup<string, HorizonCurve> CurvesOf(string label) => outcome.Chosen(label).SelectMany(result => result.Curves).ToLookup(curve => curve.Name);
        var chosen = outcome.Config.Optimizers.Select(optimizer => (optimizer.Label, Curves: CurvesOf(optimizer.Label))).ToArray();
        var resampling = new Bootstrap(Summarizer.Generator);
        var all = outcome.Results.SelectMany(result => result.Curves).DistinctBy(curve => curve.Name);
        return [.. all.Select(curve => new LinePlot(
            curve.Name, $"horizon ({outcome.Task.HorizonUnit})", "",
            [.. chosen.Where(own => own.Curves.Contains(curve.Name)).Select(own => Horizon(own.Label, [.. own.Curves[curve.Name]], resampling, cancellation))])
        {
            LogY = curve.LogScale,
            KeepsBands = true,
        })];
    }

    /// <summary>Every trial: its metric against its validation loss.</summary>
    internal static LinePlot Scatter(ComparisonOutcome outcome)
    {
        var finite = outcome.Results.Where(result => result.Diverged is null).ToLookup(result => result.Optimizer);
        double[] metrics = [.. finite.SelectMany(own => own).Select(result => result.Metric!.Value)];
        var labels = outcome.Config.Optimizers.Select(optimizer => optimizer.Label).Where(finite.Contains);
        return new LinePlot(outcome.Task.MetricName, "validation loss", "", [.. labels.Select(label => new PlotLine(
            label, [.. finite[label].Select(result => result.ValidationLoss!.Value)], [.. finite[label].Select(result => result.Metric!.Value)])
        {
            PointsOnly = true,
            Hover = [.. finite[label].Select(result => $"learning rate {Figures.Rate(result.LearningRate)}, seed {result.Seed}")],
        })])
        {
            LogX = true,
            LogY = metrics.Length > 0 && metrics.Min() > 0 && metrics.Max() / metrics.Min() > Wide,
        };
    }

    /// <summary>Validation and training loss over steps: the median over seeds, and the smallest and the largest value as the band.</summary>
    internal static IReadOnlyList<LinePlot> LearningCurves(ComparisonOutcome outcome, CancellationToken cancellation)
    {
        var logs = outcome.Config.Optimizers.Select(optimizer =>
        {
            cancellation.ThrowIfCancellationRequested();
            return (optimizer.Label, Logs: outcome.Chosen(optimizer.Label)
                .Select(result => outcome.Folder.Of(new Trial(optimizer, result.LearningRate, result.Seed)).ReadMetrics(result)
                    .DistinctBy(line => line.Step).ToDictionary(line => line.Step)).ToArray());
        }).Where(own => own.Logs.Length > 0).ToArray();
        LinePlot Plot(string title, Func<MetricsLine, double?> read) =>
            new(title, "step", "", [.. logs.Select(own => Curve(own.Label, own.Logs, read))]) { LogY = true, KeepsBands = true };
        return [Plot("Validation loss", line => line.ValidationLoss), Plot("Training loss", line => line.TrainingLoss)];
    }

    private static PlotLine Curve(string label, Dictionary<int, MetricsLine>[] logs, Func<MetricsLine, double?> read)
    {
        var at = logs[0].Keys.Where(step => logs.All(log => log.ContainsKey(step)))
            .Select(step => (Step: (double)step, Values: logs.Select(log => read(log[step])).OfType<double>().ToArray()))
            .Where(point => point.Values.Length > 0).ToArray();
        static double Median(double[] values) => values.Any(double.IsNaN) ? double.NaN : Bootstrap.MedianOf(values);
        return new PlotLine(label, [.. at.Select(point => point.Step)], [.. at.Select(point => Median(point.Values))])
        {
            Low = [.. at.Select(point => point.Values.Min())],
            High = [.. at.Select(point => point.Values.Max())],
        };
    }

    private static PlotLine Horizon(string label, HorizonCurve[] curves, Bootstrap resampling, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        int count = curves.Min(curve => curve.Values.Count);
        Interval[] intervals = [.. Enumerable.Range(0, count).Select(i => resampling.MedianOrNaN([.. curves.Select(curve => curve.Values[i])]))];
        return new PlotLine(label, [.. curves[0].Horizons.Take(count)], [.. intervals.Select(interval => interval.Estimate)])
        {
            Low = [.. intervals.Select(interval => interval.Low)],
            High = [.. intervals.Select(interval => interval.High)],
        };
    }
}
