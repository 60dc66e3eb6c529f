namespace Kappa.Lab.Reports;

/// <summary>What the plots of a training run show; the page's script reads it as JSON.</summary>
/// <param name="Labels">The names of the lines.</param>
/// <param name="Plots">The plots.</param>
internal sealed record TrainingPlots(IReadOnlyList<string> Labels, IReadOnlyList<TrainingPlots.Plot> Plots)
{
    /// <summary>One plot.</summary>
    internal sealed record Plot(string Name, IReadOnlyList<ReportPlots.BandPlot> Lines);
}
