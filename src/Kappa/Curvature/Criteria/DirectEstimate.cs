namespace Kappa.Curvature.Criteria;

/// <summary>A criterion estimated from true increments at random points.</summary>
/// <param name="K">Samples before the one that is added.</param>
/// <param name="Sigma">The scale of the probe.</param>
/// <param name="Estimate">The mean of squared increments.</param>
/// <param name="Increments">L_{k+1}(w_s) - L_k(w_s) for each point, <c>[S]</c>.</param>
public sealed record DirectEstimate(int K, double Sigma, MonteCarloEstimate Estimate, IReadOnlyList<double> Increments);
