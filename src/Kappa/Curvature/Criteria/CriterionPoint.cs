namespace Kappa.Curvature.Criteria;

/// <summary>One point of a curve over k.</summary>
/// <param name="K">k.</param>
/// <param name="Value">The criterion, a mean over the added samples.</param>
/// <param name="StandardError">Over the added samples, or of the estimated traces where that is larger; NaN where neither is known.</param>
public readonly record struct CriterionPoint(int K, double Value, double StandardError);
