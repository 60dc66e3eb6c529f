namespace Kappa.Lab.Studies.Probe;

/// <summary>What a probe found.</summary>
/// <param name="Settings">What was asked for.</param>
/// <param name="ParameterCount">N: parameters that were selected.</param>
/// <param name="Loss">The mean loss over the samples.</param>
/// <param name="GradientNorm">The length of its gradient: at a minimum it would be zero.</param>
/// <param name="Eigenpairs">The top eigenpairs.</param>
/// <param name="Trace">The traces of the matrix and of its square.</param>
/// <param name="Density">The spectral density, where it was asked for.</param>
/// <param name="Criteria">The criteria, where they were asked for.</param>
/// <param name="Notes">What to know of the figures.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record ProbeOutcome(
    ProbeSettings Settings,
    int ParameterCount,
    double Loss,
    double GradientNorm,
    EigenResult Eigenpairs,
    TraceResult Trace,
    DensityResult? Density,
    CurvatureProbeResult? Criteria,
    IReadOnlyList<string> Notes,
    double Seconds);
