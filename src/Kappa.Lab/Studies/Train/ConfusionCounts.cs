namespace Kappa.Lab.Studies.Train;

/// <summary>How often examples of each class were taken for each class.</summary>
/// <param name="Classes">The names of the classes.</param>
/// <param name="Counts">A row for each class that examples have, a column for each that they were taken for.</param>
public sealed record ConfusionCounts(IReadOnlyList<string> Classes, IReadOnlyList<IReadOnlyList<long>> Counts)
{
    internal static ConfusionCounts Of(ConfusionMatrix matrix) => new(
        matrix.ClassNames,
        [.. matrix.ClassNames.Select((_, row) => (long[])[.. matrix.ClassNames.Select((_, column) => matrix[row, column])])]);
}
