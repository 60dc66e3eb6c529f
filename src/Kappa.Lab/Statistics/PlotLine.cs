using System.Text.Json.Serialization;

namespace Kappa.Lab.Statistics;

/// <summary>A line of a plot.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="X">Where its points are.</param>
/// <param name="Y">Their values, one for each of <paramref name="X"/>; one that is not finite is a gap.</param>
public sealed record PlotLine(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>The lower edge of a band, one for each point; null for no band.</summary>
    public IReadOnlyList<double>? Low { get; init; }

    /// <summary>The upper edge of a band, one for each point; null for no band.</summary>
    public IReadOnlyList<double>? High { get; init; }

    /// <summary>Whether the points are shown without a line through them.</summary>
    public bool PointsOnly { get; init; }

    /// <summary>Whether it is what somebody else reports, to which the others are compared: dashed, and in no colour of theirs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsReference { get; init; }

    /// <summary>What is said of each point that is pointed at; null for its numbers alone.</summary>
    public IReadOnlyList<string>? Hover { get; init; }
}
