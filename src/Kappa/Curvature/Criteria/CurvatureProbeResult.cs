using Kappa.LinearAlgebra.Solvers;

namespace Kappa.Curvature.Criteria;

/// <summary>What a probe of a model found.</summary>
/// <param name="Eigenpairs">Of the Hessian whose top vectors are the subspace; the caller's to dispose.</param>
/// <param name="HessianSamples">Over how many samples.</param>
/// <param name="Curves">Every criterion over k.</param>
/// <param name="Range">The scales at which the quadratic model holds in the largest subspace, at the largest k.</param>
/// <param name="Notes">What to know of the figures: activations that are not smooth, pairs that did not converge, scales outside the range.</param>
public sealed record CurvatureProbeResult(
    EigenResult Eigenpairs, int HessianSamples, IReadOnlyList<CriterionCurve> Curves, SigmaRange Range, IReadOnlyList<string> Notes) : IDisposable
{
    /// <summary>The curve of a criterion.</summary>
    /// <param name="criterion">Which.</param>
    /// <param name="dimension">D, for the subspace criterion.</param>
    /// <param name="sigma">The scale; null for Delta_1.</param>
    /// <exception cref="ArgumentException">It was not asked for.</exception>
    public CriterionCurve Curve(StabilizationCriterion criterion, int? dimension = null, double? sigma = null) =>
        Curves.FirstOrDefault(curve => curve.Criterion == criterion && curve.Dimension == dimension && curve.Sigma == sigma)
            ?? throw new ArgumentException($"{criterion} with D = {dimension} and sigma = {sigma} was not asked for");

    /// <summary>Gives the memory of the eigenvectors back.</summary>
    public void Dispose() => Eigenpairs.Dispose();
}
