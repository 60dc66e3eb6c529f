using System.Text.Json.Serialization;

namespace Kappa.Lab.Studies.Train;

/// <summary>What a model that is trained gives on a copy of all validation examples whose inputs differ.</summary>
/// <param name="Shift">How they differ: <c>noise</c>, <c>blur</c> or <c>missing</c>.</param>
/// <param name="Strength">How much: the noise's standard deviation, the blur's in pixels, or the share that is missing.</param>
/// <param name="Missing">The columns of a table that are missing; null where none are.</param>
/// <param name="Loss">The loss; null where it is not finite.</param>
/// <param name="Metric">The metric that the run's result has; null with the loss.</param>
/// <param name="Figures">All figures by name.</param>
public sealed record ShiftedFigures(
    string Shift,
    double Strength,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Missing,
    double? Loss,
    double? Metric,
    IReadOnlyDictionary<string, double> Figures)
{
    /// <summary>In words, such as <c>missing 0.5: area, rooms</c>.</summary>
    public override string ToString() => $"{Shift} {Statistics.Figures.Rate(Strength)}{(Missing is null ? "" : $": {string.Join(", ", Missing)}")}";
}
