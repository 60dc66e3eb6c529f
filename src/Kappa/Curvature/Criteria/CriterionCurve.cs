using Kappa.LinearAlgebra.Arithmetic;

namespace Kappa.Curvature.Criteria;

/// <summary>A criterion over k.</summary>
/// <param name="Criterion">Which.</param>
/// <param name="Dimension">D; null for Delta_1 and Delta_2.</param>
/// <param name="Sigma">The scale of the probe; null for Delta_1.</param>
/// <param name="Points">In ascending order of k.</param>
public sealed record CriterionCurve(StabilizationCriterion Criterion, int? Dimension, double? Sigma, IReadOnlyList<CriterionPoint> Points)
{
    /// <summary>The slope of log(criterion) over log(k + 1) by least squares: about -2 for the mean-squared criteria, -1 for Delta_1. NaN with fewer than two
    /// positive points.</summary>
    public double Slope()
    {
        var logs = Points.Where(point => point.Value > 0).Select(point => (X: Math.Log(point.K + 1.0), Y: Math.Log(point.Value))).ToArray();
        return LeastSquares.Slope(logs);
    }
}
