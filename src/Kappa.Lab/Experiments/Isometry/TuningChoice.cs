namespace Kappa.Lab.Experiments.Isometry;

/// <summary>The learning rate and strength that a method was given, and how every candidate scored.</summary>
/// <param name="LearningRate">The chosen learning rate.</param>
/// <param name="Strength">The chosen strength.</param>
/// <param name="Scores">Each candidate with its mean accuracy.</param>
internal sealed record TuningChoice(double LearningRate, double Strength, IReadOnlyList<TuningScore> Scores)
{
    /// <summary>Whether the chosen learning rate is the first or last of several: the best may lie outside.</summary>
    internal bool IsAtEdge
    {
        get
        {
            double[] rates = [.. Scores.Select(score => score.LearningRate).Distinct()];
            return rates.Length > 1 && (LearningRate == rates.Min() || LearningRate == rates.Max());
        }
    }
}
