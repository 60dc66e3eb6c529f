namespace Kappa.LinearAlgebra.Solvers;

/// <summary>The density of an operator's eigenvalues, smoothed; it integrates to one.</summary>
/// <param name="Grid">Eigenvalues, ascending, <c>[points]</c>.</param>
/// <param name="Density">The density at each.</param>
/// <param name="StandardErrors">Of the density at each, over the probes; NaN from a single one.</param>
/// <param name="Bandwidth">The standard deviation of the Gaussian that smoothed it, in eigenvalues: nothing narrower is resolved.</param>
/// <param name="Nodes">The nodes of each probe's quadrature.</param>
/// <param name="Weights">Their weights; those of a probe add up to one.</param>
/// <param name="Products">Vectors multiplied.</param>
/// <param name="Seed">Of the random vectors.</param>
public sealed record DensityResult(
    IReadOnlyList<double> Grid,
    IReadOnlyList<double> Density,
    IReadOnlyList<double> StandardErrors,
    double Bandwidth,
    IReadOnlyList<IReadOnlyList<double>> Nodes,
    IReadOnlyList<IReadOnlyList<double>> Weights,
    long Products,
    ulong Seed)
{
    /// <summary>The mean over the spectrum of a function, tr(f(A)) / N, and its standard error.</summary>
    /// <param name="function">f; exact for polynomials of degree up to twice the steps less one, up to the randomness of the probes.</param>
    public (double Mean, double StandardError) Expectation(Func<double, double> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Arithmetic.Sample.Mean([.. Nodes.Select((nodes, probe) => nodes.Select((node, i) => Weights[probe][i] * function(node)).Sum())]);
    }
}
