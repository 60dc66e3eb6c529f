namespace Kappa.Lab.Runs;

/// <summary>A place in a log that a checkpoint or a result counts on.</summary>
/// <param name="Lines">How many lines are before it.</param>
/// <param name="Sha256">The hash of their bytes.</param>
public sealed record MetricsMark(int Lines, string Sha256);
