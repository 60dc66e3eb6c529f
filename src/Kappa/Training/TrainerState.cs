namespace Kappa.Training;

/// <summary>Where a training stands, beside model and optimizer, for its checkpoints.</summary>
/// <param name="Position">The place in the data.</param>
/// <param name="Loop">The place in the loop.</param>
/// <param name="Given">What the run was begun with, that a resume must give again.</param>
/// <param name="History">All evaluations.</param>
/// <param name="Seconds">Wall-clock seconds, over all processes.</param>
internal sealed record TrainerState(BatchPosition Position, LoopState Loop, TrainerIdentity Given, IReadOnlyList<TrainingRecord> History, double Seconds);
