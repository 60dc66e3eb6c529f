namespace Kappa.Lab.Reports;

/// <summary>What the plots of an experiment show; the page's script reads it as JSON.</summary>
/// <param name="Labels">The names of the lines; a name has one colour in the whole report.</param>
/// <param name="Sections">The plots of each section.</param>
internal sealed record FindingPlots(IReadOnlyList<string> Labels, IReadOnlyList<IReadOnlyList<FindingPlots.FindingPlot>> Sections)
{
    /// <summary>One plot.</summary>
    internal sealed record FindingPlot(string Name, string XAxis, string YAxis, bool LogX, bool LogY, IReadOnlyList<FindingLine> Lines);

    /// <summary>A line of a plot.</summary>
    internal sealed record FindingLine(
        int Optimizer, IReadOnlyList<double> X, IReadOnlyList<double?> Y, IReadOnlyList<double?>? Low, IReadOnlyList<double?>? High, bool PointsOnly);
}
