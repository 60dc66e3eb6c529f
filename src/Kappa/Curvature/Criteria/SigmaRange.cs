using Kappa.Tensors;

namespace Kappa.Curvature.Criteria;

/// <summary>For which scales of the probe the quadratic model stands for the loss.</summary>
/// <param name="K">Samples before the one that is added.</param>
/// <param name="Dimension">D.</param>
/// <param name="Sigmas">The scales that were tried, ascending.</param>
/// <param name="RelativeErrors">For each, the mean |true increment^2 - model's^2| over the mean of the true ones, at the same points.</param>
/// <param name="FlatLevel">The level of the flat part on the left: what rounding leaves.</param>
/// <param name="FlatUpTo">The largest scale whose error is within three times that level, with all below it; where the error leaves its flat part.</param>
/// <param name="ValidUpTo">The largest scale whose error is within the tolerance, with all below it; NaN where none is.</param>
/// <param name="Tolerance">The tolerance.</param>
/// <param name="Samples">Points of each scale.</param>
public sealed record SigmaRange(
    int K,
    int Dimension,
    IReadOnlyList<double> Sigmas,
    IReadOnlyList<double> RelativeErrors,
    double FlatLevel,
    double FlatUpTo,
    double ValidUpTo,
    double Tolerance,
    int Samples)
{
    /// <summary>Whether the model stands for the loss at a scale.</summary>
    /// <param name="sigma">The scale.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, NaN or infinite.</exception>
    public bool Contains(double sigma)
    {
        _ = NumberChecks.NotNegative(sigma, nameof(sigma));
        return sigma <= ValidUpTo;
    }
}
