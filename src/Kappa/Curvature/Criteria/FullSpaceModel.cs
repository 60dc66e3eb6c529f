namespace Kappa.Curvature.Criteria;

/// <summary>The quadratic model of what one added sample does to the loss in all N parameters, as far as its Gaussian moment needs it.</summary>
/// <param name="K">Samples before the one that is added.</param>
/// <param name="Added">The number of the added sample, from 0.</param>
/// <param name="A">L_{k+1}(w*) - L_k(w*).</param>
/// <param name="SquaredGradient">|g^(k+1) - g^(k)|^2, exact.</param>
/// <param name="Trace">tr(H^(k+1) - H^(k)), estimated.</param>
/// <param name="TraceError">Its standard error.</param>
/// <param name="SquareTrace">tr of the square of that matrix, estimated.</param>
/// <param name="SquareTraceError">Its standard error.</param>
/// <param name="Probes">Random vectors behind the estimates.</param>
public sealed record FullSpaceModel(
    int K, int Added, double A, double SquaredGradient, double Trace, double TraceError, double SquareTrace, double SquareTraceError, int Probes)
{
    /// <summary>Delta_2 of the model in closed form: equation (15) with the traces of the whole matrix.</summary>
    /// <param name="sigma">The scale of the probe.</param>
    /// <returns>The value; the square of the estimated trace is freed of its bias.</returns>
    public double GaussianMoment(double sigma) =>
        StabilizationEquations.GaussianMoment(A, SquaredGradient, Trace, SquareTrace, sigma) - (Math.Pow(sigma, 4) / 4 * TraceError * TraceError);

    /// <summary>The standard error of <see cref="GaussianMoment"/> that the estimated traces leave, to first order.</summary>
    /// <param name="sigma">The scale of the probe.</param>
    public double StandardError(double sigma)
    {
        double variance = sigma * sigma;
        double ofTrace = variance * (A + (variance / 2 * Trace)) * TraceError;
        double ofSquare = variance * variance / 2 * SquareTraceError;
        return Math.Sqrt((ofTrace * ofTrace) + (ofSquare * ofSquare));
    }
}
