namespace Kappa.Lab.Studies.Compare;

/// <summary>Where a trial stands.</summary>
/// <param name="Trial">Which trial.</param>
/// <param name="Phase">What it is doing.</param>
/// <param name="Step">Steps done.</param>
/// <param name="TrainingLoss">The last training loss; null before the first step.</param>
/// <param name="Result">The result, once finished.</param>
/// <param name="Warning">What the optimizer warns of; null where this is an ordinary report.</param>
public sealed record TrialProgress(Trial Trial, RunPhase Phase, int Step, double? TrainingLoss, TrialResult? Result, string? Warning = null);
