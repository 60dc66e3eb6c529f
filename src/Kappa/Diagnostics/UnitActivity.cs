using Kappa.Tensors;

namespace Kappa.Diagnostics;

/// <summary>How active the units of one layer are on some inputs.</summary>
/// <param name="Layer">The path of the module whose output the activation is; of one in the midst of a module, that of the layer in front of it.</param>
/// <param name="Scores">For each unit, the mean of its magnitude over that of the layer: 1 on average; 0 for a dead unit, and for all units of a layer that is
/// silent.</param>
public sealed record UnitActivity(string Layer, IReadOnlyList<double> Scores)
{
    /// <summary>The threshold of Sokar and others (2023).</summary>
    public const double DefaultThreshold = 0.025;

    /// <summary>The share of units whose score is at most a threshold.</summary>
    /// <param name="threshold">tau: zero or more. 0 counts the units that are zero on every input.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is negative, NaN or infinite.</exception>
    public double DormantFraction(double threshold = DefaultThreshold)
    {
        _ = NumberChecks.NotNegative(threshold, nameof(threshold));
        return Scores.Count == 0 ? 0 : Scores.Count(score => score <= threshold) / (double)Scores.Count;
    }
}
