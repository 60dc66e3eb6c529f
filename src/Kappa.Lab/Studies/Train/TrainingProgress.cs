namespace Kappa.Lab.Studies.Train;

/// <summary>Where a training run stands.</summary>
/// <param name="Phase">What it is doing.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Share">The share of the run that is done, 0 to 1.</param>
/// <param name="TrainingLoss">A running mean of the training loss; null before the first step.</param>
/// <param name="Metric">The last value of the metric; null before the first evaluation.</param>
/// <param name="UnitsPerSecond">Tokens or pictures per second of training steps, lately.</param>
/// <param name="SecondsLeft">About how long the run still takes; null while too early to tell.</param>
/// <param name="DataWait">The share of the steps' time that they waited for data, 0 to 1.</param>
public sealed record TrainingProgress(
    RunPhase Phase, int Step, double Share, double? TrainingLoss, double? Metric, double UnitsPerSecond, double? SecondsLeft, double DataWait = 0);
