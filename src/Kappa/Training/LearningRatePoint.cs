namespace Kappa.Training;

/// <summary>One step of a <see cref="LearningRateRangeTest"/>.</summary>
/// <param name="LearningRate">The rate that the step was made with.</param>
/// <param name="Loss">The loss in front of it.</param>
/// <param name="SmoothedLoss">The moving average of the losses up to it.</param>
public sealed record LearningRatePoint(double LearningRate, double Loss, double SmoothedLoss);
