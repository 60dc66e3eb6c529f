using System.Globalization;
using Kappa.Lab.Runs;

namespace Kappa.Lab.Studies.Compare;

/// <summary>One training run of a comparison.</summary>
/// <param name="Optimizer">The optimizer.</param>
/// <param name="LearningRate">Its learning rate.</param>
/// <param name="Seed">The seed of initialisation and data order.</param>
public sealed record Trial(OptimizerConfig Optimizer, double LearningRate, long Seed)
{
    /// <summary>The trial's folder, such as <c>dopr-adamw-lr0.001-seed3</c>.</summary>
    public string FolderName => string.Create(
        CultureInfo.InvariantCulture, $"{RunPaths.Slug(Optimizer.Label)}-lr{LearningRate.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant()}-seed{Seed}");
}
