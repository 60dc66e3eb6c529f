namespace Kappa.LinearAlgebra.Solvers;

/// <summary>An estimate of a trace.</summary>
/// <param name="Trace">tr(A).</param>
/// <param name="TraceError">Its standard error; NaN from a single probe.</param>
/// <param name="SquareTrace">tr(A^2), the sum of squared eigenvalues; NaN where it was not estimated.</param>
/// <param name="SquareTraceError">Its standard error.</param>
/// <param name="Probes">Independent random vectors.</param>
/// <param name="Products">Vectors multiplied.</param>
/// <param name="Seed">Of the random vectors.</param>
public sealed record TraceResult(double Trace, double TraceError, double SquareTrace, double SquareTraceError, int Probes, long Products, ulong Seed);
