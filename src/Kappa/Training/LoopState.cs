namespace Kappa.Training;

/// <summary>Where a training loop stands.</summary>
/// <param name="Step">Steps done; with the seed it decides which examples come next.</param>
/// <param name="LossSum">The sum of the training losses since the last line of the metrics.</param>
/// <param name="LossCount">How many losses that sum has.</param>
/// <param name="Seconds">Wall-clock seconds of the steps. Not part of what must repeat.</param>
public sealed record LoopState(long Step, double LossSum, int LossCount, double Seconds);
