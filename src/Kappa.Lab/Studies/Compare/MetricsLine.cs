namespace Kappa.Lab.Studies.Compare;

/// <summary>One line of <c>metrics.jsonl</c>.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="TrainingLoss">The mean training loss over the steps since the line before; null at step 0.</param>
/// <param name="ValidationLoss">The loss on all validation examples.</param>
/// <param name="GradientNorm">The norm of the last gradient, before any limit; null at step 0.</param>
/// <param name="LearningRate">The learning rate of the last step; null at step 0.</param>
/// <param name="Seconds">Wall-clock seconds of training so far, evaluation left out. Not part of what must repeat.</param>
public sealed record MetricsLine(int Step, double? TrainingLoss, double ValidationLoss, double? GradientNorm, double? LearningRate, double Seconds);
