namespace Kappa.Training;

/// <summary>One evaluation along a training.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Epoch">Passes over the training examples done, in parts.</param>
/// <param name="TrainingLoss">The mean loss of the steps since the evaluation before; null where there was none.</param>
/// <param name="ValidationLoss">The mean loss over the validation examples; null where there are none.</param>
/// <param name="Metrics">The metrics on the validation examples, by name; without those that are undefined there.</param>
/// <param name="Figure">What decides which model is the best.</param>
/// <param name="IsBest">Whether it was better than all before.</param>
/// <param name="LearningRate">The rate of the last step, with its schedule.</param>
/// <param name="GradientNorm">The norm of the last gradient before clipping.</param>
/// <param name="Seconds">Since the training began, over all its processes.</param>
public sealed record TrainingRecord(
    long Step, double Epoch, double? TrainingLoss, double? ValidationLoss, IReadOnlyDictionary<string, double> Metrics, double Figure, bool IsBest,
    double LearningRate, double GradientNorm, double Seconds);
