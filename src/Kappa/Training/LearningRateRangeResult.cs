namespace Kappa.Training;

/// <summary>What a <see cref="LearningRateRangeTest"/> found: a curve to plot, its rates on a logarithmic axis, and a rate to begin with.</summary>
/// <param name="Points">The steps, of rising rate. Losses that are not finite are not among them.</param>
/// <param name="Diverged">Whether the test ended early, because the loss rose out of bounds or was not finite.</param>
/// <param name="SteepestDescent">The rate, up to that of the smallest smoothed loss, at which that loss falls most steeply over the logarithm of the rate; null
/// when it nowhere falls. Training starts well at this rate or somewhat above.</param>
public sealed record LearningRateRangeResult(IReadOnlyList<LearningRatePoint> Points, bool Diverged, double? SteepestDescent)
{
    /// <summary>The rate of the smallest smoothed loss; null when there is none. It is too high to train with: the loss is about to rise.</summary>
    public double? LowestLoss => Points.MinBy(point => point.SmoothedLoss)?.LearningRate;
}
