using Kappa.Lab.Data;
using Kappa.Lab.Statistics;
using Kappa.Lab.Studies;
using Kappa.Lab.Studies.Compare;
using Kappa.Lab.Tasks;

namespace Kappa.Lab.Reports;

/// <summary>Gathers what the plots of one comparison show.</summary>
internal static class ReportPlotsBuilder
{
    internal static ReportPlots Build(ReportSection section)
    {
        var curves = section.Config.Optimizers.Select((optimizer, index) => LearningCurves(section, optimizer, index)).ToArray();
        var scatter = section.Config.Optimizers.Select((optimizer, index) => ScatterOf(section, optimizer, index)).ToArray();
        return new ReportPlots
        {
            MetricName = section.Task.MetricName,
            HorizonUnit = section.Task.HorizonUnit,
            MetricLogScale = IsWide([.. scatter.SelectMany(points => points.Y)]),
            Labels = [.. section.Config.Optimizers.Select(optimizer => optimizer.Label)],
            TrainingLoss = [.. curves.Select(curve => curve.Training)],
            ValidationLoss = [.. curves.Select(curve => curve.Validation)],
            Scatter = scatter,
            Horizons = [.. CurveNames(section).Select(name => Horizon(section, name))],
        };
    }

    private static (ReportPlots.BandPlot Training, ReportPlots.BandPlot Validation) LearningCurves(
        ReportSection section, OptimizerConfig optimizer, int index)
    {
        var logs = Chosen(section, optimizer)
            .Select(result => section.Folder.Of(new Trial(optimizer, result.LearningRate, result.Seed)).ReadMetrics(result))
            .ToArray();
        int[] steps = logs.Length == 0 ? [] : [.. logs[0].Select(line => line.Step).Where(step => logs.All(log => log.Any(line => line.Step == step)))];
        double[] After(Func<MetricsLine, double?> read, int step) =>
            [.. logs.Select(log => read(log.First(line => line.Step == step))).OfType<double>()];
        return (
            Band(index, [.. steps.Where(step => step > 0)], step => After(line => line.TrainingLoss, step)),
            Band(index, steps, step => After(line => line.ValidationLoss, step)));
    }

    /// <summary>The median over seeds, and the smallest and the largest value as the band.</summary>
    private static ReportPlots.BandPlot Band(int index, int[] steps, Func<int, double[]> values)
    {
        double[][] at = [.. steps.Select(values)];
        return new ReportPlots.BandPlot(
            index,
            [.. steps.Select(step => (double)step)],
            [.. at.Select(all => Finite(all.Length == 0 ? double.NaN : Bootstrap.MedianOf(all)))],
            [.. at.Select(all => Finite(all.DefaultIfEmpty(double.NaN).Min()))],
            [.. at.Select(all => Finite(all.DefaultIfEmpty(double.NaN).Max()))]);
    }

    private static ReportPlots.ScatterPlot ScatterOf(ReportSection section, OptimizerConfig optimizer, int index)
    {
        TrialResult[] finite = [.. section.Results.Where(result => result.Optimizer == optimizer.Label && result.Diverged is null)];
        return new ReportPlots.ScatterPlot(
            index,
            [.. finite.Select(result => result.ValidationLoss!.Value)],
            [.. finite.Select(result => result.Metric!.Value)],
            [.. finite.Select(result => $"learning rate {Figures.Rate(result.LearningRate)}, seed {result.Seed}")]);
    }

    private static string[] CurveNames(ReportSection section) =>
        [.. section.Results.SelectMany(result => result.Curves).Select(curve => curve.Name).Distinct()];

    private static ReportPlots.HorizonPlot Horizon(ReportSection section, string name)
    {
        bool logScale = section.Results.SelectMany(result => result.Curves).First(curve => curve.Name == name).LogScale;
        var lines = section.Config.Optimizers.Select((optimizer, index) => HorizonLine(section, optimizer, index, name));
        return new ReportPlots.HorizonPlot(name, logScale, [.. lines.OfType<ReportPlots.BandPlot>()]);
    }

    private static ReportPlots.BandPlot? HorizonLine(ReportSection section, OptimizerConfig optimizer, int index, string name)
    {
        HorizonCurve[] curves = [.. Chosen(section, optimizer).SelectMany(result => result.Curves).Where(curve => curve.Name == name)];
        if (curves.Length == 0)
            return null;
        Interval?[] intervals = [.. Enumerable.Range(0, curves.Min(curve => curve.Values.Count)).Select(i =>
        {
            double[] values = [.. curves.Select(curve => curve.Values[i])];
            return values.Any(double.IsNaN) ? null : Bootstrap.Median(values, Summarizer.Generator);
        })];
        return new ReportPlots.BandPlot(
            index,
            [.. curves[0].Horizons.Take(intervals.Length)],
            [.. intervals.Select(interval => Finite(interval?.Estimate))],
            [.. intervals.Select(interval => Finite(interval?.Low))],
            [.. intervals.Select(interval => Finite(interval?.High))]);
    }

    /// <summary>The trials at the optimizer's best learning rate.</summary>
    private static IEnumerable<TrialResult> Chosen(ReportSection section, OptimizerConfig optimizer)
    {
        double? rate = section.Summary.Optimizers.First(summary => summary.Label == optimizer.Label).Best?.LearningRate;
        return section.Results.Where(result => result.Optimizer == optimizer.Label && result.LearningRate == rate && result.Diverged is null);
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    /// <summary>Whether numbers spread so far that only a logarithmic axis shows them all.</summary>
    private static bool IsWide(double[] values) => values.Length > 0 && values.Min() > 0 && values.Max() / values.Min() > 30;
}
