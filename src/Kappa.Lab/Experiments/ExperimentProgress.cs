namespace Kappa.Lab.Experiments;

/// <summary>Where a piece of an experiment stands.</summary>
/// <param name="Key">The cell; null for the preparation.</param>
/// <param name="Share">The share of it that is done, 0 to 1.</param>
/// <param name="IsFinished">Whether its result is on the disk.</param>
public readonly record struct ExperimentProgress(string? Key, double Share, bool IsFinished);
