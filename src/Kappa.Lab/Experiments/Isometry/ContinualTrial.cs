namespace Kappa.Lab.Experiments.Isometry;

/// <summary>One run of one method over a sequence of tasks.</summary>
/// <param name="Kind">What changes from task to task.</param>
/// <param name="Settings">Sizes.</param>
/// <param name="Method">The method.</param>
/// <param name="LearningRate">Its learning rate.</param>
/// <param name="Strength">Its strength.</param>
/// <param name="Tasks">How many tasks.</param>
/// <param name="Seed">Decides pictures, tasks, the network's start and the order of batches, for every method alike.</param>
internal sealed record ContinualTrial(
    TaskKind Kind, ContinualSettings Settings, ContinualMethod Method, double LearningRate, double Strength, int Tasks, int Seed);
