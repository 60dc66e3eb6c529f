namespace Kappa.Lab.Tasks.Text;

/// <summary>What texts are like, the further they are from their prompt.</summary>
/// <param name="Horizons">Tokens after the prompt.</param>
/// <param name="Measures">Name, figure at each horizon, and figure of all. Bits and the divergence are of the tokens from the horizon before up to this one;
/// repetition and variety of all up to it.</param>
internal sealed record MeasuredText(double[] Horizons, IReadOnlyList<(string Name, double[] AtHorizons, double Whole)> Measures)
{
    /// <summary>The figure of all of a measure.</summary>
    internal double Whole(string name) => Measures.First(measure => measure.Name == name).Whole;
}
