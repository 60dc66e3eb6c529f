namespace Kappa.Lab.Studies.Compare;

/// <summary>What one optimizer did at one learning rate, over the seeds.</summary>
/// <param name="LearningRate">The rate.</param>
/// <param name="Trials">Finished trials, diverged ones included.</param>
/// <param name="Diverged">How many of them diverged.</param>
/// <param name="ValidationLoss">Median and interval over the trials that did not diverge; null where all did.</param>
/// <param name="Metric">Likewise the test-time metric.</param>
/// <param name="MeanValidationLoss">The mean over all trials, diverged ones counted as infinite.</param>
/// <param name="MeanMetric">The mean over all trials, diverged ones counted as infinitely bad.</param>
public sealed record RateSummary(
    double LearningRate, int Trials, int Diverged, Interval? ValidationLoss, Interval? Metric, double MeanValidationLoss, double MeanMetric);
