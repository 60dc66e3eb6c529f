using System.Text.Json.Serialization;

namespace Kappa.Lab.Statistics;

/// <summary>A part of what a study found.</summary>
/// <param name="Title">A heading.</param>
/// <param name="Text">Plain text; an empty line begins a new paragraph.</param>
public sealed record FindingSection(string Title, string Text)
{
    /// <summary>Text that keeps its lines, such as what a model writes; null for none.</summary>
    public string? Verbatim { get; init; }

    /// <summary>A table; null for none.</summary>
    public FindingTable? Table { get; init; }

    /// <summary>Plots, for the report.</summary>
    public IReadOnlyList<LinePlot> Plots { get; init; } = [];

    /// <summary>Pictures, for the report; null for none.</summary>
    public IReadOnlyList<GreyPicture>? Pictures { get; init; }

    /// <summary>Where it is shown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    [JsonConverter(typeof(JsonStringEnumConverter<SectionPlace>))]
    public SectionPlace Place { get; init; }
}
