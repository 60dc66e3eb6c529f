namespace Kappa.Lab.Reports;

/// <summary>What the plots of one comparison show; the page's script reads it as JSON. A value that is not finite is null: a gap.</summary>
internal sealed record ReportPlots
{
    public required string MetricName { get; init; }

    public required string HorizonUnit { get; init; }

    public required bool MetricLogScale { get; init; }

    public required IReadOnlyList<string> Labels { get; init; }

    public required IReadOnlyList<BandPlot> TrainingLoss { get; init; }

    public required IReadOnlyList<BandPlot> ValidationLoss { get; init; }

    public required IReadOnlyList<ScatterPlot> Scatter { get; init; }

    public required IReadOnlyList<HorizonPlot> Horizons { get; init; }

    /// <summary>A line with a band around it.</summary>
    internal sealed record BandPlot(
        int Optimizer, IReadOnlyList<double> X, IReadOnlyList<double?> Y, IReadOnlyList<double?> Low, IReadOnlyList<double?> High);

    /// <summary>Points of one optimizer.</summary>
    internal sealed record ScatterPlot(int Optimizer, IReadOnlyList<double> X, IReadOnlyList<double> Y, IReadOnlyList<string> Hover);

    /// <summary>One figure against horizon.</summary>
    internal sealed record HorizonPlot(string Name, bool LogScale, IReadOnlyList<BandPlot> Lines);
}
