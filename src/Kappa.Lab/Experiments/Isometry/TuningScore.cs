namespace Kappa.Lab.Experiments.Isometry;

/// <summary>A candidate.</summary>
/// <param name="LearningRate">Its learning rate.</param>
/// <param name="Strength">Its strength.</param>
/// <param name="Accuracy">Its accuracy at the end of each task, averaged over tasks and tuning seeds.</param>
internal sealed record TuningScore(double LearningRate, double Strength, double Accuracy);
