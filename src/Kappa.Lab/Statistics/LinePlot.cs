using System.Text.Json.Serialization;

namespace Kappa.Lab.Statistics;

/// <summary>A plot of lines or points, with bands around them where they have an interval.</summary>
/// <param name="Title">What is shown.</param>
/// <param name="XAxis">What runs to the right, with its unit.</param>
/// <param name="YAxis">What runs upwards, with its unit.</param>
/// <param name="Lines">The lines; lines of the same name have the same colour in all plots of a study.</param>
public sealed record LinePlot(string Title, string XAxis, string YAxis, IReadOnlyList<PlotLine> Lines)
{
    /// <summary>Whether the axis to the right is logarithmic, where that shows more.</summary>
    public bool LogX { get; init; }

    /// <summary>Whether the axis upwards is logarithmic, where that shows more.</summary>
    public bool LogY { get; init; }

    /// <summary>Whether bands are drawn however many lines there are; otherwise those of many lines are left out, since they hide each other.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool KeepsBands { get; init; }

    /// <summary>Places to the right at which something happened.</summary>
    public IReadOnlyList<PlotMark> Marks { get; init; } = [];
}
