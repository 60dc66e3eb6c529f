namespace Kappa.Lab.Statistics;

/// <summary>A plot of lines, with bands around them where they have an interval.</summary>
/// <param name="Title">What is shown.</param>
/// <param name="XAxis">What runs to the right, with its unit.</param>
/// <param name="YAxis">What runs upwards, with its unit.</param>
/// <param name="Lines">The lines; lines of the same name have the same colour in all plots of a report.</param>
public sealed record LinePlot(string Title, string XAxis, string YAxis, IReadOnlyList<PlotLine> Lines)
{
    /// <summary>Whether the axis to the right is logarithmic.</summary>
    public bool LogX { get; init; }

    /// <summary>Whether the axis upwards is logarithmic.</summary>
    public bool LogY { get; init; }
}
