namespace Kappa.LinearAlgebra.Solvers;

/// <summary>Where a solver or an estimator stands, said after each product.</summary>
/// <param name="Share">The share of the work that is done, 0 to 1. An eigensolver cannot know: it gives the share of the pairs that have converged, or of the
/// products that it may take, whichever is larger.</param>
/// <param name="Products">Vectors multiplied so far; sampling multiplies none.</param>
/// <param name="Residual">The residual over |eigenvalue| of the first pair that has not converged; NaN of anything but an eigensolver that measures it.</param>
public readonly record struct SolverProgress(double Share, long Products, double Residual = double.NaN);
