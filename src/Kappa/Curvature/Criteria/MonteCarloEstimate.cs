namespace Kappa.Curvature.Criteria;

/// <summary>A mean over random samples.</summary>
/// <param name="Mean">The estimate.</param>
/// <param name="StandardError">Its standard error.</param>
/// <param name="Samples">How many.</param>
/// <param name="Seed">Of the samples.</param>
public sealed record MonteCarloEstimate(double Mean, double StandardError, int Samples, ulong Seed);
