namespace Kappa.Curvature.Criteria;

/// <summary>The equations of "Curvature-aligned probing for local loss-landscape stabilization" (Kiselev and Grabovoy, 2026, arXiv 2604.14870), by their
/// numbers in version 1.</summary>
/// <remarks>
/// <code>
/// Delta_p(k+1)     = E_{w ~ q} |L_{k+1}(w) - L_k(w)|^p                                      (1)
/// Delta_1          : q a point mass at w*, p = 1                                            (2)
/// Delta_2          : q = N(w*, sigma^2 I_N), p = 2                                          (3)
/// Delta_2^(D)      : w = w* + U z, z ~ N(0, sigma^2 I_D), U the top D eigenvectors of H^(k)  (4)
/// L_{k+1} - L_k    = (l_{k+1} - L_k) / (k + 1)                                              (5)
/// surrogate        : a + c.z + z.Bz / 2                                                     (9)
/// </code>
/// By (5), which holds for gradients and Hessians too, a, c and B come from the added sample by itself: c = U^T (g_{k+1} - g^(k)) / (k+1) and B = U^T (H_{k+1}
/// - H^(k)) U / (k+1). The paper takes differences of means over k and k + 1 samples, and drops g^(k), which vanishes at a minimiser; here it is kept, as in
/// the paper's code.
/// </remarks>
public static class StabilizationEquations
{
    /// <summary>Equation (5): what a mean over k samples changes by when one is added.</summary>
    /// <param name="added">l_{k+1}: the added sample's value.</param>
    /// <param name="mean">L_k: the mean over the k before.</param>
    /// <param name="k">k.</param>
    public static double Increment(double added, double mean, int k) => (added - mean) / (k + 1);

    /// <summary>Equation (2): Delta_1.</summary>
    /// <param name="a">L_{k+1}(w*) - L_k(w*).</param>
    public static double PointCriterion(double a) => Math.Abs(a);

    /// <summary>Equation (15): the expectation of the squared surrogate over z ~ N(0, sigma^2 I).</summary>
    /// <param name="a">The increment at w*.</param>
    /// <param name="squaredGradient">|c|^2.</param>
    /// <param name="trace">tr(B).</param>
    /// <param name="squareTrace">tr(B^2).</param>
    /// <param name="sigma">The scale of the probe.</param>
    /// <returns>a^2 + a sigma^2 tr(B) + sigma^2 |c|^2 + (sigma^4 / 4) (2 tr(B^2) + tr(B)^2).</returns>
    public static double GaussianMoment(double a, double squaredGradient, double trace, double squareTrace, double sigma)
    {
        double variance = sigma * sigma;
        return (a * a) + (a * variance * trace) + (variance * squaredGradient) + (variance * variance / 4 * ((2 * squareTrace) + (trace * trace)));
    }

    /// <summary>Equation (16): Delta_2^(D) where a = 0, c = 0 and the eigenvectors do not move.</summary>
    /// <param name="eigenvalueIncrements">lambda_i^(k+1) - lambda_i^(k), <c>[D]</c>.</param>
    /// <param name="sigma">The scale of the probe.</param>
    /// <returns>(sigma^4 / 4) (2 sum d_i^2 + (sum d_i)^2).</returns>
    public static double SpectralForm(IReadOnlyList<double> eigenvalueIncrements, double sigma)
    {
        ArgumentNullException.ThrowIfNull(eigenvalueIncrements);
        double sum = eigenvalueIncrements.Sum();
        return Math.Pow(sigma, 4) / 4 * ((2 * eigenvalueIncrements.Sum(d => d * d)) + (sum * sum));
    }

    /// <summary>Equation (10): the bound on Delta_2^(D) from bounds on the losses, gradients and Hessians of samples at w*.</summary>
    /// <param name="k">k.</param>
    /// <param name="dimension">D.</param>
    /// <param name="sigma">The scale of the probe.</param>
    /// <param name="loss">A bound on |l_i|.</param>
    /// <param name="gradient">A bound on |g_{k+1}|.</param>
    /// <param name="hessian">A bound on the spectral norm of H_i.</param>
    /// <returns>(12 loss^2 + 3 sigma^2 gradient^2 + 3 sigma^4 (D^2 + 2 D) hessian^2) / (k + 1)^2.</returns>
    public static double RateBound(int k, int dimension, double sigma, double loss, double gradient, double hessian)
    {
        double variance = sigma * sigma, d = dimension;
        double numerator = (12 * loss * loss) + (3 * variance * gradient * gradient) + (3 * variance * variance * ((d * d) + (2 * d)) * hessian * hessian);
        return numerator / Math.Pow(k + 1.0, 2);
    }
}
