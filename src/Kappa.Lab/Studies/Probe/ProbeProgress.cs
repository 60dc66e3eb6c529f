namespace Kappa.Lab.Studies.Probe;

/// <summary>Where a probe stands.</summary>
/// <param name="Stage">What is being measured, in words.</param>
/// <param name="Solver">How far that is.</param>
public readonly record struct ProbeProgress(string Stage, SolverProgress Solver);
